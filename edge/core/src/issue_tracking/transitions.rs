//! How an issue gets to a status: by a transition that Jira offers, or step by step through statuses that the mapping
//! allows.
//!
//! A transition is chosen by the status that it leads to. Its id and name are never remembered, because they differ from
//! workflow to workflow; what is remembered is which statuses led to which.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use api::{Blocked, BlockedCause, IssueTypeMapping, JiraId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    jira::{JiraVersion, OfferedTransition},
    values,
};

/// Which statuses were seen to lead to which, for one type of issue of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedWorkflow {
    exits: BTreeMap<JiraId, BTreeSet<JiraId>>,
}

/// What is known when an issue is to be moved.
#[derive(Clone, Copy, Debug)]
pub struct MoveQuestion<'a> {
    /// The interface that is spoken.
    pub version: JiraVersion,
    /// The id of the status that the issue should get.
    pub to: &'a JiraId,
    /// What Jira offers now.
    pub offered: &'a [OfferedTransition],
    /// What was learned of the workflow, with what is offered now.
    pub learned: &'a LearnedWorkflow,
    /// What the mapping says about the type of the issue.
    pub of_type: &'a IssueTypeMapping,
    /// How many transitions may still be made.
    pub legs_left: usize,
    /// Whether the account may make transitions, if that is known.
    pub may_move: Option<bool>,
}

/// How the issue goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum NextLeg {
    /// A transition is made, then the issue is read again.
    Make {
        /// The id of the status that it leads to.
        next: JiraId,
        /// The body of the request.
        body: Value,
    },
    /// A person has to do something first.
    Block(Blocked),
}

impl LearnedWorkflow {
    /// Remembers what Jira offers for an issue in a status. Nothing is learned from an empty list, which may only mean that
    /// the account lacks a permission.
    pub fn learn(&mut self, from: &JiraId, offered: &[OfferedTransition]) {
        if !offered.is_empty() {
            self.exits.insert(from.clone(), offered.iter().map(|one| one.to.id.clone()).collect());
        }
    }

    fn exits(&self, from: &JiraId) -> Option<&BTreeSet<JiraId>> {
        self.exits.get(from)
    }
}

/// Decides how an issue goes on to the status that it should get.
pub fn next_leg(question: &MoveQuestion<'_>) -> NextLeg {
    let direct = question.leading_to(question.to);
    match best(direct.clone()) {
        Some(candidate) if question.legs_left > 0 => return candidate.leg(),
        _ => {}
    }
    if let Some(candidate) = question.first_of_path() {
        return candidate.leg();
    }
    NextLeg::Block(question.blocked(&direct))
}

/// A transition, with the values that it would be sent.
#[derive(Clone)]
struct Candidate<'a> {
    transition: &'a OfferedTransition,
    fields: Map<String, Value>,
    /// Required fields that the mapping has no fitting value for: id and name.
    missing: Vec<(&'a str, &'a str)>,
}

impl Candidate<'_> {
    fn leg(self) -> NextLeg {
        let mut body = json!({ "transition": { "id": self.transition.id } });
        if let Some(body) = body.as_object_mut().filter(|_| !self.fields.is_empty()) {
            body.insert("fields".into(), Value::Object(self.fields));
        }
        NextLeg::Make { next: self.transition.to.id.clone(), body }
    }

    /// First one that takes what the mapping has for it, then one without a screen, then any.
    fn rank(&self) -> u8 {
        match (self.fields.is_empty(), self.transition.has_screen) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        }
    }
}

fn best(candidates: Vec<Candidate<'_>>) -> Option<Candidate<'_>> {
    candidates.into_iter().filter(|candidate| candidate.missing.is_empty()).min_by_key(Candidate::rank)
}

impl<'a> MoveQuestion<'a> {
    fn leading_to(&self, to: &JiraId) -> Vec<Candidate<'a>> {
        self.offered.iter().filter(|one| one.to.id == *to).map(|one| self.candidate(one)).collect()
    }

    fn candidate(&self, transition: &'a OfferedTransition) -> Candidate<'a> {
        let said = self.of_type.transition_fields.iter().filter(|field| field.to == transition.to.id);
        let mut fields = Map::new();
        for one in said {
            let id = one.value.field.as_str();
            let listed = transition.fields.iter().find(|field| field.id == one.value.field);
            // Jira's list of fields can lack the resolution though the screen has it.
            let is_taken =
                listed.map_or(id == "resolution" && transition.has_screen, |field| values::fits(field, &one.value));
            if let Some(value) = values::value(self.version, &one.value).filter(|_| is_taken) {
                fields.insert(id.to_owned(), value);
            }
        }
        let wanted = transition.fields.iter().filter(|field| field.is_required && !field.has_default);
        let missing = wanted.filter(|field| !fields.contains_key(field.id.as_str()));
        let missing = missing.map(|field| (field.id.as_str(), field.name.as_str())).collect();
        Candidate { transition, fields, missing }
    }

    /// The first transition of the shortest path that is known; where none is, of one through an allowed status whose exits
    /// are not known yet.
    fn first_of_path(&self) -> Option<Candidate<'a>> {
        [false, true].into_iter().find_map(|explores| self.first_leg(explores))
    }

    fn first_leg(&self, explores: bool) -> Option<Candidate<'a>> {
        let allowed: Vec<&JiraId> = self.of_type.pass_through.iter().filter(|one| *one != self.to).collect();
        let mut waiting: VecDeque<(&JiraId, &JiraId, usize)> =
            allowed.iter().map(|first| (*first, *first, 1)).collect();
        waiting.retain(|(first, ..)| best(self.leading_to(first)).is_some());
        let mut seen: BTreeSet<&JiraId> = waiting.iter().map(|(first, ..)| *first).collect();
        while let Some((first, at, legs)) = waiting.pop_front() {
            if legs >= self.legs_left {
                continue;
            }
            let exits = self.learned.exits(at);
            if exits.map_or(explores, |exits| exits.contains(self.to)) {
                return best(self.leading_to(first));
            }
            for next in allowed.iter().filter(|next| exits.is_some_and(|exits| exits.contains(**next))) {
                if seen.insert(next) {
                    waiting.push_back((first, next, legs + 1));
                }
            }
        }
        None
    }

    fn blocked(&self, direct: &[Candidate<'_>]) -> Blocked {
        if let Some((id, name)) = direct.iter().find_map(|candidate| candidate.missing.first()) {
            return Blocked::new(BlockedCause::WayWantsFields).of_field(id, name);
        }
        if self.offered.is_empty() && self.may_move == Some(false) {
            return Blocked::new(BlockedCause::NotPermitted).of_permission("TRANSITION_ISSUES");
        }
        let offered: BTreeSet<String> = self.offered.iter().map(|one| one.to.name.clone()).collect();
        Blocked::new(BlockedCause::NoWay).with_offered(offered.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
