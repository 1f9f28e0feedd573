//! *Trial*: one test issue by the mapping on the screen, saved or not, and a list of steps that fills while it is walked
//! through the statuses.

use std::time::Duration;

use api::{
    EndTrial, JiraId, List, ListTrials, Nothing, Trial, TrialEnd, TrialIssue, TrialState, TrialStep, TrialStepState,
};
use leptos::prelude::*;

use super::editor::Editor;
use crate::{
    client::call,
    tasks::{states::look_each, task_list::outside},
    ui::{
        button::{Button, Look},
        focus,
        icon::Icon,
        lozenge::{Tone, lozenge},
        moment::moment,
        mutation::Mutation,
        query::Query,
        rescue_focus, when,
    },
};

/// How often a trial that is under way is read again.
const PAUSE: Duration = Duration::from_secs(1);

/// A trial on the screen.
#[derive(Clone, Copy)]
pub(super) struct TrialView {
    editor: Editor,
    newest: Query<List<Trial>>,
    trial: Memo<Option<Trial>>,
    /// The type of issue that is tried; empty for the first.
    issue_type: RwSignal<String>,
}

impl TrialView {
    /// Reads the newest trial, and again each second while one is under way.
    pub(super) fn begin(editor: Editor) -> Self {
        let project = editor.project();
        let newest: Query<List<Trial>> = Query::new(move || {
            let id = project.clone();
            async move { call::<ListTrials>(&id, &Nothing {}).await }
        });
        let trial =
            Memo::new(move |_| newest.get().and_then(Result::ok).and_then(|list| list.items.into_iter().next()));
        look_each(PAUSE, move || {
            if trial.with_untracked(|trial| trial.as_ref().is_some_and(works)) {
                newest.refresh();
            }
        });
        Self { editor, newest, trial, issue_type: RwSignal::new(String::new()) }
    }

    fn shows(self, trial: Trial) {
        rescue_focus();
        self.newest.set(Ok(List { items: vec![trial], next_cursor: None }));
    }

    /// The button, with a list of types where there are several.
    pub(super) fn button(self) -> AnyView {
        let editor = self.editor;
        let types = editor.types();
        let start = move |()| {
            let chosen = JiraId::parse(&self.issue_type.get_untracked());
            editor.try_out(chosen, move |trial| {
                self.shows(trial);
                request_animation_frame(|| focus("trial"));
            });
        };
        let choose = move || {
            let types = types.get();
            when(types.len() > 1, || {
                let option = |id: JiraId| {
                    let name = editor.jira.with_value(|jira| jira.issue_type(&id).map(|one| one.name.clone()));
                    view! { <option value=id.to_string()>{name.unwrap_or_else(|| id.to_string())}</option> }.into_any()
                };
                let options: Vec<AnyView> = types.into_iter().map(option).collect();
                view! {
                    <select class="select" aria-label="Type of issue to try" on:change:target=move |event| self.issue_type.set(event.target().value())>
                        {options}
                    </select>
                }
                .into_any()
            })
        };
        view! {
            <Button id="start-trial" on_press=start busy=editor.mutation.busy() described_by="trial-help">"Trial"</Button>
            {choose}
        }
        .into_any()
    }

    /// What came of the newest trial.
    pub(super) fn section(self) -> AnyView {
        let is_there = Memo::new(move |_| self.trial.with(Option::is_some));
        view! { {move || when(is_there.get(), || self.shown())} }.into_any()
    }

    fn shown(self) -> AnyView {
        let trial = self.trial;
        let heard = Memo::new(move |_| trial.with(|trial| trial.as_ref().map(said).unwrap_or_default()));
        let steps = move || trial.with(|trial| trial.as_ref().map(|trial| trial.steps.clone()).unwrap_or_default());
        let lines = move || steps().into_iter().map(line).collect::<Vec<_>>();
        let issue = Memo::new(move |_| trial.with(|trial| trial.as_ref().and_then(|trial| trial.issue.clone())));
        let begun = Memo::new(move |_| {
            trial.with(|trial| trial.as_ref().map(|trial| (trial.started_by.clone(), trial.started_at)))
        });
        let paused = Memo::new(move |_| {
            trial.with(|trial| trial.as_ref().and_then(|trial| trial.paused.clone()).map(|paused| paused.sentence))
        });
        let state = Memo::new(move |_| trial.with(|trial| trial.as_ref().map(|trial| trial.state)));
        let link = |issue: TrialIssue| view! { "The test issue is " {outside(issue.url, issue.key)} ". " };
        view! {
            <section class="section" aria-labelledby="trial">
                <h2 id="trial" tabindex="-1">"Trial"</h2>
                <p>
                    {move || issue.get().map(link)}
                    {move || begun.get().map(|(by, at)| view! { <span class="subtle"><bdi>{by}</bdi> " began it " {moment(at)} "."</span> })}
                </p>
                {move || paused.get().map(|sentence| view! { <p class="notice">{Icon::Warning.view()} " " {sentence}</p> })}
                <ol class="codes">{lines}</ol>
                <p role="status">{move || heard.get()}</p>
                {move || when(state.get() == Some(TrialState::Waiting), || self.choice())}
            </section>
        }
        .into_any()
    }

    /// *Close the issue* and *Leave it*.
    fn choice(self) -> AnyView {
        let mutation = Mutation::new();
        let id = StoredValue::new(self.editor.project());
        let end = move |close: bool| {
            let ended = async move { call::<EndTrial>(&id.get_value(), &TrialEnd { close }).await };
            mutation.run(ended, move |trial| self.shows(trial));
        };
        view! {
            {mutation.failure()}
            <div class="buttons">
                <Button id="close-trial" look=Look::Primary on_press=move |()| end(true) busy=mutation.busy()>"Close the issue"</Button>
                <Button id="leave-trial" on_press=move |()| end(false) busy=mutation.busy()>"Leave it"</Button>
            </div>
        }
        .into_any()
    }
}

fn works(trial: &Trial) -> bool {
    matches!(trial.state, TrialState::Running | TrialState::Closing)
}

/// What a screen reader hears: which step is made, and how it ended.
fn said(trial: &Trial) -> String {
    let failed = trial.steps.iter().filter(|step| step.state == TrialStepState::Failed).count();
    match (trial.state, failed) {
        (TrialState::Running | TrialState::Closing, _) => {
            let is_present = |step: &TrialStep| matches!(step.state, TrialStepState::Waiting | TrialStepState::Running);
            let present = trial.steps.iter().position(is_present).unwrap_or_default();
            let title = trial.steps.get(present).map_or("", |step| step.title.as_str());
            format!("Step {} of {}: {title}", present + 1, trial.steps.len())
        }
        (_, 0) => "Every step worked.".to_owned(),
        (_, 1) => "1 step did not work.".to_owned(),
        (_, failed) => format!("{failed} steps did not work."),
    }
}

fn line(step: TrialStep) -> AnyView {
    let (tone, word) = match step.state {
        TrialStepState::Done => (Tone::Success, "Done"),
        TrialStepState::Failed => (Tone::Danger, "Failed"),
        TrialStepState::Running => (Tone::Neutral, "Under way"),
        TrialStepState::Skipped => (Tone::Warning, "Not tried"),
        TrialStepState::Waiting | TrialStepState::Unknown(_) => (Tone::Neutral, "Waiting"),
    };
    let why = step.blocked.map(|blocked| {
        view! {
            <p><strong>{blocked.sentence}</strong> " " {blocked.remedy}</p>
            <p class="subtle">{format!("Who: {}", blocked.who.title())}</p>
            {blocked.jira_said.map(|said| view! { <p>"Jira said: " <bdi>{said}</bdi></p> })}
        }
    });
    view! {
        <li>
            <p>{step.title} " " {lozenge(tone, word)} {step.sentence.map(|sentence| view! { <span class="status-more">{sentence}</span> })}</p>
            {why}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(state: &str, steps: &[&str]) -> Trial {
        let step = |state: &&str| format!(r#"{{"title":"Move it","state":"{state}","sentence":null,"blocked":null}}"#);
        let steps: Vec<_> = steps.iter().map(step).collect();
        let json = format!(
            r#"{{"state":"{state}","issue_type":"1","issue":null,"steps":[{}],"started_at":"2026-01-01T00:00:00Z","started_by":"Ada"}}"#,
            steps.join(",")
        );
        serde_json::from_str(&json).expect("a trial")
    }

    #[test]
    fn a_screen_reader_hears_each_step_and_how_it_ended() {
        assert_eq!(said(&trial("running", &["done", "running", "waiting"])), "Step 2 of 3: Move it");
        assert_eq!(said(&trial("waiting", &["done", "done"])), "Every step worked.");
        assert_eq!(said(&trial("ended", &["failed", "skipped"])), "1 step did not work.");
        assert_eq!(said(&trial("waiting", &["done", "failed", "failed"])), "2 steps did not work.");
    }
}
