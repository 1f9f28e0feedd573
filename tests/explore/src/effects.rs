//! What becomes of an effect that a keeper waits for.

use edge_core::ports::{HttpFailure, PortFailure};
use http::Response;

use crate::{
    outside::SECOND,
    ports::{Call, Pending, Progress, Reply},
    running::{Fate, Mutation, Running},
};

impl Running {
    /// Lets an effect happen, or not, and tells the keeper.
    pub(crate) fn decide(&mut self, place: usize, fate: Fate) {
        if fate == Fate::Arrives {
            return self.arrives(place);
        }
        let Pending { instance, call, reply } = self.shared.pending.borrow_mut().remove(place);
        let is_old = instance < self.instance;
        let answer = match call {
            Call::Save(record) => Reply::Done(self.saves(&record, fate, is_old)),
            Call::SetAlarm(at) => Reply::Done(self.sets_alarm(at, fate, is_old)),
            Call::ReadCopy => Reply::Copy(self.reads_copy(fate)),
            Call::WriteCopy(copy) => Reply::Done(self.writes_copy(copy, fate)),
            Call::Refresh { progress, .. } => {
                let new = match progress {
                    Progress::Sent => None,
                    Progress::Answered(new) => new,
                };
                Reply::Http(self.answers(new, fate))
            }
            Call::Probe(number) => Reply::Http(self.shows(number, fate)),
        };
        // A keeper that is gone hears nothing.
        let _heard = reply.send(answer);
    }

    fn arrives(&self, place: usize) {
        let mut outside = self.shared.outside.borrow_mut();
        if let Call::Refresh { number, progress } = &mut self.shared.pending.borrow_mut()[place].call {
            let now = outside.now;
            *progress = Progress::Answered(outside.family.refresh(*number, now));
        }
    }

    fn saves(&mut self, record: &str, fate: Fate, is_old: bool) -> Result<(), PortFailure> {
        let refused = || Err(PortFailure("storage refused the write".to_owned()));
        if is_old {
            return refused();
        }
        if fate != Fate::Well {
            self.spend(|left| &mut left.writes);
        }
        if fate != Fate::Refused {
            let record = match self.setting.mutation {
                Mutation::IntentIsForgotten => without_intent(record),
                _ => record.to_owned(),
            };
            self.shared.outside.borrow_mut().store(&record);
        }
        self.unsaved = fate != Fate::Well;
        if self.unsaved { refused() } else { Ok(()) }
    }

    fn sets_alarm(&self, at: Option<i64>, fate: Fate, is_old: bool) -> Result<(), PortFailure> {
        if fate != Fate::Well {
            self.spend(|left| &mut left.alarms);
        }
        if fate != Fate::Well || is_old {
            return Err(PortFailure("the alarm was refused".to_owned()));
        }
        let mut outside = self.shared.outside.borrow_mut();
        let behind = outside.behind;
        outside.alarm = at.map(|at| at + behind);
        Ok(())
    }

    fn reads_copy(&self, fate: Fate) -> Result<Option<String>, PortFailure> {
        if fate != Fate::Well {
            self.spend(|left| &mut left.kv);
        }
        let outside = self.shared.outside.borrow();
        match fate {
            Fate::Refused => Err(PortFailure("KV refused the read".to_owned())),
            Fate::Stale => Ok(outside.kv.stale(outside.now).cloned().flatten()),
            _ => Ok(outside.kv.value.clone()),
        }
    }

    fn writes_copy(&self, copy: Option<String>, fate: Fate) -> Result<(), PortFailure> {
        if fate != Fate::Well {
            self.spend(|left| &mut left.kv);
            return Err(PortFailure("KV refused the write".to_owned()));
        }
        self.shared.outside.borrow_mut().copy(copy);
        Ok(())
    }

    fn answers(&self, new: Option<u8>, fate: Fate) -> Result<Response<Vec<u8>>, HttpFailure> {
        if fate != Fate::Well {
            self.spend(|left| &mut left.lost);
        }
        let refusal = r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#;
        match (fate, new) {
            (Fate::Well, Some(number)) => Ok(json(
                200,
                &format!(
                    r#"{{"access_token":"access-{number}","refresh_token":"refresh-{number}","expires_in":3600,"token_type":"Bearer"}}"#
                ),
            )),
            (Fate::Well, None) => Ok(json(403, refusal)),
            (Fate::Throttled, _) => Ok(throttled()),
            _ if self.setting.mutation == Mutation::LostIsRefused => Ok(json(403, refusal)),
            _ => Err(self.timeout()),
        }
    }

    fn timeout(&self) -> HttpFailure {
        self.shared.outside.borrow_mut().now += 10 * SECOND;
        HttpFailure::Timeout
    }

    /// Jira's answer to an access token.
    fn shows(&self, number: u8, fate: Fate) -> Result<Response<Vec<u8>>, HttpFailure> {
        if fate != Fate::Well {
            self.spend(|left| &mut left.lost);
            return Err(self.timeout());
        }
        let outside = self.shared.outside.borrow();
        let family = &outside.family;
        let opens = number == family.newest && !family.dead && outside.now < family.access_ends;
        Ok(if opens { json(200, r#"{"key":"ada","name":"ada"}"#) } else { refused_by_jira() })
    }
}

fn without_intent(record: &str) -> String {
    let mut record: serde_json::Value = serde_json::from_str(record).expect("JSON");
    if let Some(stored) = record.get_mut("held") {
        stored["intent"] = serde_json::Value::Null;
    }
    record.to_string()
}

fn json(status: u16, body: &str) -> Response<Vec<u8>> {
    let answer = Response::builder().status(status).header("content-type", "application/json");
    answer.body(body.as_bytes().to_vec()).expect("an answer")
}

fn throttled() -> Response<Vec<u8>> {
    let answer = Response::builder().status(429).header("retry-after", "30");
    answer.body(Vec::new()).expect("an answer")
}

fn refused_by_jira() -> Response<Vec<u8>> {
    let answer = Response::builder().status(401).header("x-seraph-loginreason", "AUTHENTICATED_FAILED");
    answer.body(Vec::new()).expect("an answer")
}
