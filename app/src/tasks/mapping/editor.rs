//! The state of the mapping's editor: the draft, what Jira offers, what Causeway suggests, and what the last check found.

use api::{
    CheckMapping, GetMapping, JiraId, JiraMetadata, Mapping, MappingCheck, MappingEdit, MappingFinding, MappingPart,
    MappingSuggestion, MappingSuggestions, Name, NewTrial, Nothing, ProblemCode, ProjectId, ProjectMapping, PutMapping,
    StartTrial, SuggestMapping, Trial,
};
use leptos::prelude::*;

use super::draft::{Line, Target, begun, open_suggestions, set_category, set_target, uncovered};
use crate::{
    client::{CallError, call},
    context::expect_context,
    navigation::use_navigation,
    ui::{flags::Flags, focus, mutation::Mutation, query::Query},
};

/// What a save came to: the findings that prevent it, what somebody else saved meanwhile, or the number of the revision that
/// was saved.
enum Saved {
    Prevented(MappingCheck),
    Overtaken(Box<ProjectMapping>),
    Done(u32),
}

/// A mapping that somebody else saved meanwhile, and one's own while theirs is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overtaken {
    pub(super) theirs: ProjectMapping,
    pub(super) own: Option<Mapping>,
}

/// What trying came to.
enum Tried {
    Prevented(MappingCheck),
    Begun(Box<Trial>),
}

/// The state.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    /// The project, and the number of the revision that was loaded or last saved.
    saved: StoredValue<(ProjectId, u32)>,
    pub(super) draft: RwSignal<Mapping>,
    /// The draft as it was loaded or last saved.
    before: RwSignal<Mapping>,
    pub(super) jira: StoredValue<JiraMetadata>,
    suggestions: Query<MappingSuggestions>,
    pub(super) check: RwSignal<Option<MappingCheck>>,
    pub(super) mutation: Mutation,
    pub(super) overtaken: RwSignal<Option<Overtaken>>,
    /// Whether the member may change anything.
    pub(super) may: bool,
    flags: Flags,
}

impl Editor {
    /// Begins with the saved mapping, or with an empty one.
    pub(super) fn begin(project: ProjectId, jira: JiraMetadata, saved: &ProjectMapping, may: bool) -> Self {
        let revision = saved.revision;
        let saved = saved.mapping.clone().unwrap_or_default();
        let draft = RwSignal::new(begun(saved.clone(), &jira));
        let id = project.clone();
        let suggestions = Query::new(move || {
            let (id, mapping) = (id.clone(), draft.get_untracked());
            async move {
                if mapping.statuses.is_empty() || mapping.issue_types.is_empty() {
                    return Ok(MappingSuggestions { items: Vec::new(), categories: Vec::new() });
                }
                call::<SuggestMapping>(&id, &mapping).await
            }
        });
        let editor = Self {
            saved: StoredValue::new((project, revision)),
            draft,
            before: RwSignal::new(saved),
            jira: StoredValue::new(jira),
            suggestions,
            check: RwSignal::new(None),
            mutation: Mutation::new(),
            overtaken: RwSignal::new(None),
            may,
            flags: expect_context(),
        };
        editor.ask_for_suggestions();
        editor.guard_changes();
        editor
    }

    /// The project.
    pub(super) fn project(self) -> ProjectId {
        self.saved.with_value(|(id, _)| id.clone())
    }

    /// The names of the product's statuses: what lines are there depends on them, and not on their targets.
    pub(super) fn names(self) -> Memo<Vec<Name>> {
        Memo::new(move |_| self.draft.with(|draft| draft.statuses.iter().map(|one| one.status.clone()).collect()))
    }

    /// The types of issue that tasks become.
    pub(super) fn types(self) -> Memo<Vec<JiraId>> {
        Memo::new(move |_| {
            self.draft.with(|draft| draft.issue_types.iter().map(|one| one.issue_type.clone()).collect())
        })
    }

    /// Asks again when there are other lines to suggest something for.
    fn ask_for_suggestions(self) {
        let (names, types) = (self.names(), self.types());
        Effect::new(move |before: Option<(Vec<Name>, Vec<JiraId>)>| {
            let now = (names.get(), types.get());
            if before.is_some_and(|before| before != now) {
                self.suggestions.reload();
            }
            now
        });
    }

    /// Asks before unsaved changes are lost.
    fn guard_changes(self) {
        let navigation = use_navigation();
        let jira = self.jira;
        Effect::new(move |_| {
            let untouched = self.before.with(|before| jira.with_value(|jira| begun(before.clone(), jira)));
            navigation.set_unsaved(self.may && self.draft.with(|draft| *draft != untouched));
        });
        on_cleanup(move || navigation.set_unsaved(false));
    }

    /// Changes the draft.
    pub(super) fn change(self, change: impl FnOnce(&mut Mapping)) {
        self.draft.update(change);
    }

    /// What Causeway suggests for lines without a target.
    pub(super) fn open(self) -> Vec<(Line, Target)> {
        let suggestions = self.suggestions.get().and_then(Result::ok);
        let items: Vec<MappingSuggestion> = suggestions.map(|all| all.items).unwrap_or_default();
        self.draft.with(|draft| open_suggestions(draft, &items))
    }

    /// The failure to suggest anything. Targets can be chosen without.
    pub(super) fn suggesting_failed(self) -> Option<CallError> {
        self.suggestions.get().and_then(Result::err)
    }

    /// Takes every suggestion.
    pub(super) fn accept_all(self) {
        let open = untrack(|| self.open());
        let categories =
            untrack(|| self.suggestions.get()).and_then(Result::ok).map(|all| all.categories).unwrap_or_default();
        self.change(|draft| {
            for (line, target) in &open {
                set_target(draft, line, target);
            }
            for guess in categories {
                set_category(draft, guess.status.as_str(), Some(guess.category));
            }
        });
    }

    /// How many statuses have no target.
    pub(super) fn uncovered(self) -> usize {
        self.draft.with(|draft| self.jira.with_value(|jira| uncovered(draft, jira)))
    }

    /// What the last check found at a place.
    pub(super) fn found(self, part: MappingPart, issue_type: Option<&str>, item: Option<&str>) -> Vec<MappingFinding> {
        let is_here = |finding: &&MappingFinding| {
            let place = &finding.place;
            place.part == part && place.issue_type.as_deref() == issue_type && place.item.as_deref() == item
        };
        self.check.with(|check| check.iter().flat_map(|check| &check.findings).filter(is_here).cloned().collect())
    }

    /// *Check*: shows what is found.
    pub(super) fn look(self) {
        let ((id, _), draft) = (self.saved.get_value(), self.draft.get_untracked());
        self.mutation.run(async move { call::<CheckMapping>(&id, &draft).await }, move |check| self.show(check));
    }

    /// *Save*, unless the check finds what prevents it.
    pub(super) fn save(self) {
        let ((id, revision), draft) = (self.saved.get_value(), self.draft.get_untracked());
        let sent = draft.clone();
        let saving = async move {
            let check = call::<CheckMapping>(&id, &draft).await?;
            if !check.can_be_saved {
                return Ok(Saved::Prevented(check));
            }
            match call::<PutMapping>(&id, &MappingEdit { mapping: draft, revision }).await {
                Ok(saved) => Ok(Saved::Done(saved.revision)),
                Err(error) if error.code() == Some(ProblemCode::EditConflict) => {
                    Ok(Saved::Overtaken(Box::new(call::<GetMapping>(&id, &Nothing {}).await?)))
                }
                Err(error) => Err(error),
            }
        };
        self.mutation.run(saving, move |saved| match saved {
            Saved::Prevented(check) => self.show(check),
            Saved::Overtaken(theirs) => self.overtaken.set(Some(Overtaken { theirs: *theirs, own: None })),
            Saved::Done(revision) => {
                self.overtaken.set(None);
                self.before.set(sent);
                self.saved.update_value(|(_, saved)| *saved = revision);
                self.check.set(None);
                self.flags.done(format!("Saved the mapping, revision {revision}"));
            }
        });
    }

    /// *Trial*, unless the check finds what prevents it.
    pub(super) fn try_out(self, issue_type: Option<JiraId>, begun: impl FnOnce(Trial) + 'static) {
        let ((id, _), mapping) = (self.saved.get_value(), self.draft.get_untracked());
        let trying = async move {
            let check = call::<CheckMapping>(&id, &mapping).await?;
            if !check.can_be_saved {
                return Ok(Tried::Prevented(check));
            }
            Ok(Tried::Begun(Box::new(call::<StartTrial>(&id, &NewTrial { mapping, issue_type }).await?)))
        };
        self.mutation.run(trying, move |tried| match tried {
            Tried::Prevented(check) => self.show(check),
            Tried::Begun(trial) => begun(*trial),
        });
    }

    /// Shows what somebody else saved, and keeps one's own; or goes back to one's own.
    pub(super) fn look_at_theirs(self, theirs: bool) {
        let Some(mut overtaken) = self.overtaken.get_untracked() else { return };
        if theirs {
            overtaken.own = Some(self.draft.get_untracked());
            self.draft.set(overtaken.theirs.mapping.clone().unwrap_or_default());
        } else if let Some(own) = overtaken.own.take() {
            self.draft.set(own);
        }
        self.overtaken.set(Some(overtaken));
    }

    /// From now on *Save* puts what is on the screen in the place of theirs.
    pub(super) fn replace_theirs(self) {
        let Some(overtaken) = self.overtaken.get_untracked() else { return };
        self.saved.update_value(|(_, revision)| *revision = overtaken.theirs.revision);
        self.before.set(overtaken.theirs.mapping.unwrap_or_default());
        self.overtaken.set(None);
    }

    fn show(self, check: MappingCheck) {
        self.check.set(Some(check));
        request_animation_frame(|| focus("mapping-findings"));
    }
}
