//! What administrators read of a delivery, and what the timeline calls a webhook.

use api::ReceiverAnswer;

use super::*;

#[test]
fn what_was_sent_and_answered_can_be_read_until_the_delivery_is_deleted() {
    let fixture = Fixture::new();
    let hook = make(&fixture, "all", &[WebhookEvent::Authorized]);
    fixture.connect(&fixture.ada(), "Staging");
    let id = deliveries(&fixture, &hook).remove(0).id;
    let read = || fixture.ask(&fixture.ada(), &Call::<GetDelivery>::new(id.clone(), Nothing {})).expect("there");
    let before = read();
    assert_eq!((before.headers.len(), before.sent_at, before.answer), (0, None, None), "nothing was sent yet");
    assert_eq!(before.url, "https://all.example/secret-path");
    let sent = take(&fixture).remove(0);
    let refused = Attempted::Failed { answer: Some((500, "no\nway".into())), why: "500".into(), retry_after: None };
    fixture.turn().record_delivery_attempt(&id, refused).expect("kept");
    let after = read();
    assert_eq!((after.body, after.sent_at), (sent.body, Some(fixture.now)));
    let header =
        |name: &str| after.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str());
    assert_eq!(header("webhook-id"), Some(id.as_str()));
    assert_eq!(header("webhook-timestamp"), Some("1795323600"));
    assert_eq!(header("webhook-signature"), None);
    assert_eq!(after.answer, Some(ReceiverAnswer { at: fixture.now, status: 500, body: "no\nway".into() }));
    let unknown = Call::<GetDelivery>::new(DeliveryId::parse("dlv_unknown").expect("an id"), Nothing {});
    assert_eq!(fixture.ask(&fixture.ada(), &unknown).err(), Some(Refusal::NotFound));
}

#[test]
fn a_webhook_is_named_and_the_timeline_calls_it_so() {
    let fixture = Fixture::new();
    let hook = make(&fixture, "all", WebhookEvent::ALL);
    assert_eq!(webhook(&fixture, &hook).name, None);
    let edit = WebhookEdit { name: Some(name("Operations")), ..WebhookEdit::default() };
    let save = Call::<EditWebhook> { params: hook.clone(), request: edit, if_match: Some(1_u64.into()) };
    assert_eq!(fixture.ask(&fixture.ada(), &save).expect("saved").name, Some(name("Operations")));
    let query = TimelineQuery { event: Some("webhook_changed".into()), ..TimelineQuery::default() };
    let find = Call::<GetAuditLog>::new((), query);
    let changed = fixture.ask(&fixture.ada(), &find).expect("a log").items.remove(0).read().event;
    let expected = TimelineEvent::WebhookChanged { host: "all.example".into(), name: Some("Operations".into()) };
    assert_eq!(changed, expected);
}

#[test]
fn the_timeline_names_the_host_and_not_the_path() {
    let fixture = Fixture::new();
    let ada = fixture.ada();
    let hook = make(&fixture, "one", WebhookEvent::ALL);
    let edit = WebhookEdit { name: None, url: Some("https://two.example/secret-path".into()), events: None };
    fixture
        .ask(&ada, &Call::<EditWebhook> { params: hook.clone(), request: edit, if_match: Some(1_u64.into()) })
        .expect("saved");
    fixture.ask(&ada, &Call::<DeleteWebhook>::new(hook, Nothing {})).expect("removed");
    let log = fixture.ask(&ada, &Call::<GetAuditLog>::new((), TimelineQuery::default())).expect("a log").items;
    let newest: Vec<_> = log.into_iter().map(|entry| entry.read().event).take(3).collect();
    let (one, two) = ("one.example".to_owned(), "two.example".to_owned());
    assert_eq!(
        newest,
        [
            TimelineEvent::WebhookRemoved { host: two.clone(), name: None },
            TimelineEvent::WebhookChanged { host: two, name: None },
            TimelineEvent::WebhookCreated { host: one, name: None },
        ]
    );
}
