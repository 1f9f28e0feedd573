//! The organization's object: what its alarm does whatever fails, and whose object it is.

use std::{cell::RefCell, rc::Rc, time::Duration};

use api::Timestamp;
use serde_json::{json, value::to_raw_value};

use super::world::{Deployment, World, configured};
use crate::{
    configuration::Configuration,
    organization::{Caller, Envelope, ListAlerts, Listed as _, RawReply, Refusal, Sql, fixture::Tables},
    organization_id::OrganizationId,
    organization_object::{ObjectWorld, OrganizationObject},
    ports::{Clock as _, PortFailure},
    secrets::Digest,
};

/// More than the day between two checkups.
const TWO_DAYS: Duration = Duration::from_hours(48);

/// An object over the tables of a deployment, or over new ones.
struct Storage {
    world: Rc<World>,
    other: Option<Tables>,
    /// Everything that the alarm was set to; the last one counts.
    alarms: RefCell<Vec<Option<Timestamp>>>,
}

impl ObjectWorld for Storage {
    type Platform = World;

    fn platform(&self) -> &World {
        &self.world
    }

    fn sql(&self) -> &dyn Sql {
        self.other.as_ref().unwrap_or(&self.world.tables)
    }

    async fn alarm(&self) -> Result<Option<Timestamp>, PortFailure> {
        Ok(self.alarms.borrow().last().copied().flatten())
    }

    async fn set_alarm(&self, at: Option<Timestamp>) -> Result<(), PortFailure> {
        self.alarms.borrow_mut().push(at);
        Ok(())
    }
}

fn object(deployment: &Deployment, other: Option<Tables>) -> OrganizationObject<Storage> {
    let storage = Storage { world: Rc::clone(&deployment.world), other, alarms: RefCell::default() };
    OrganizationObject::new(storage, Configuration::read(configured))
}

async fn alerts(object: &OrganizationObject<Storage>, organization: &str, caller: Caller) -> RawReply {
    let envelope = Envelope {
        organization: OrganizationId::parse(organization).expect("an id"),
        name: ListAlerts::NAME.to_owned(),
        caller,
        content: to_raw_value(&ListAlerts {}).expect("JSON"),
    };
    let reply = object.handle(&serde_json::to_string(&envelope).expect("JSON")).await;
    serde_json::from_str(&reply).expect("a reply")
}

#[tokio::test]
async fn a_failed_part_of_the_alarm_stops_neither_the_others_nor_the_next_alarm() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    ada.connect("Staging").await;
    let object = object(&deployment, None);
    alerts(&object, "default", Caller::Edge).await.expect("it learns its name");
    deployment.world.tables.run("DROP TABLE guides", vec![]).expect("dropped");
    let set_before = object.world().alarms.borrow().len();
    deployment.world.clock.advance(TWO_DAYS);
    let now = deployment.world.now();
    let failed = object.on_alarm().await;
    assert!(failed.is_err(), "what is due next cannot be said without the table");
    let armed_first = object.world().alarms.borrow()[set_before].expect("it is set");
    assert_eq!(armed_first.since(now), 60_000, "and yet the next alarm comes");
    let attempts = deployment.world.tables.rows::<serde_json::Value>("SELECT id FROM attempts", vec![]).expect("rows");
    assert_eq!(attempts, [] as [serde_json::Value; 0], "what is over was swept all the same");
    assert_eq!(deployment.world.log.of("organization.alarm_part_failed").len(), 1);
    assert!(!deployment.world.probed_with.borrow().is_empty(), "the daily checkup ran");
}

#[tokio::test]
async fn what_is_overdue_because_it_fails_is_tried_again_after_a_minute_and_not_at_once() {
    let deployment = Deployment::new();
    deployment.ada().await;
    let object = object(&deployment, None);
    alerts(&object, "default", Caller::Edge).await.expect("it learns its name");
    let refuse = "CREATE TRIGGER refuse BEFORE DELETE ON timeline BEGIN SELECT RAISE(ABORT, 'refused'); END";
    deployment.world.tables.run(refuse, vec![]).expect("made");
    deployment.world.clock.advance(Duration::from_hours(24 * 500));
    object.on_alarm().await.expect("the alarm goes through");
    let next = object.world().alarms.borrow().last().copied().flatten().expect("it is set");
    assert_eq!(next.since(deployment.world.now()), 60_000);
    assert_eq!(deployment.world.log.of("organization.alarm_part_failed").len(), 1);
}

#[tokio::test]
async fn an_organization_without_anything_to_do_is_not_woken() {
    let deployment = Deployment::new();
    let object = object(&deployment, Some(Tables::empty()));
    alerts(&object, "acme", Caller::Edge).await.expect("it learns its name");
    // The first round of resealing, which finds nothing, ends what there is to do.
    object.on_alarm().await.expect("the alarm goes through");
    assert_eq!(object.world().alarms.borrow().last().copied(), Some(None));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_set_aside_and_an_operator_is_told() {
    let deployment = Deployment::new();
    let ada = deployment.ada().await;
    let (good, bad) = (ada.connect("Good").await, ada.connect("Bad").await);
    let object = object(&deployment, None);
    alerts(&object, "default", Caller::Edge).await.expect("it learns its name");
    let spoil = "UPDATE connections SET record = '{' WHERE id = ?";
    let id = bad["id"].as_str().expect("an id");
    deployment.world.tables.run(spoil, vec![id.into()]).expect("spoilt");
    deployment.world.clock.advance(TWO_DAYS);
    object.on_alarm().await.expect("the alarm goes through");
    let told = alerts(&object, "default", Caller::Edge).await.expect("alerts");
    assert!(told.get().contains(id), "{}", told.get());
    assert!(!told.get().contains(good["id"].as_str().expect("an id")), "{}", told.get());
    deployment.world.clock.advance(TWO_DAYS);
    let before = deployment.world.probed_with.borrow().len();
    object.on_alarm().await.expect("and again");
    assert!(deployment.world.probed_with.borrow().len() > before, "the good one is still looked at");
    assert!(deployment.world.log.of("organization.alarm_part_failed").is_empty());
}

#[tokio::test]
async fn an_object_keeps_the_name_that_it_was_first_called_by() {
    let deployment = Deployment::new();
    let object = object(&deployment, Some(Tables::empty()));
    alerts(&object, "acme", Caller::Edge).await.expect("it learns its name");
    let misrouted = alerts(&object, "other", Caller::Edge).await;
    assert!(matches!(misrouted, Err(Refusal::Internal(_))), "{misrouted:?}");
    alerts(&object, "acme", Caller::Edge).await.expect("it is still acme");
}

#[tokio::test]
async fn a_guess_at_an_organization_makes_none() {
    let deployment = Deployment::new();
    let object = object(&deployment, Some(Tables::empty()));
    let key = alerts(&object, "guess", Caller::ApiKey(Digest::of("cw_guess"))).await;
    assert_eq!(key.err(), Some(Refusal::ApiKeyRefused));
    let session = alerts(&object, "guess", Caller::Session(Digest::of("guess"))).await;
    assert_eq!(session.err(), Some(Refusal::NotSignedIn));
    let tables =
        object.world().sql().rows::<serde_json::Value>("SELECT name FROM sqlite_master", vec![]).expect("names");
    assert_eq!(json!(tables), json!([]), "nothing was written");
    assert_eq!(object.world().alarms.borrow().len(), 0);
}
