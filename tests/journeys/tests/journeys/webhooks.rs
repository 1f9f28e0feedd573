//! Webhooks: signed messages about connections.

use api::{
    CreateWebhook, CreatedWebhook, Delivery, ListDeliveries, NewWebhook, Nothing, PROOF_HEADER, PROOF_VALUE,
    TestWebhook, WebhookEvent,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use journeys::{Causeway, PATIENCE, Received, Receiver, Visitor, eventually};
use standardwebhooks::Webhook as Library;

async fn makes_a_webhook(ada: &Visitor, receiver: &Receiver, events: &[WebhookEvent]) -> CreatedWebhook {
    let new = NewWebhook { name: None, url: receiver.url().to_owned(), events: events.to_vec() };
    ada.calls::<CreateWebhook>(&(), &new).await.expect(201).json()
}

async fn checks(ada: &Visitor, causeway: &Causeway, connection: &api::Connection) {
    let path = api::CHECKUP_PATH.replace("{id}", connection.id.as_str());
    let request = ada.request(reqwest::Method::POST, &path).header(PROOF_HEADER, PROOF_VALUE);
    ada.sends(request.header("origin", &causeway.public_url)).await.expect(200);
}

fn verify(received: &Received, secret: &str) {
    let library = Library::new(secret).expect("a secret");
    library.verify(&received.body, &received.headers).expect("the signature is good");
}

#[tokio::test]
async fn an_incident_is_told_once_signed_and_so_is_its_end() {
    let causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let connection = ada.connects("Staging", Person::Ada, HARBOUR).await;
    let receiver = Receiver::listen().await;
    let hook = makes_a_webhook(&ada, &receiver, &[WebhookEvent::Interrupted, WebhookEvent::Recovered]).await;
    causeway.model.set_ip_allow_list(HARBOUR, true);
    checks(&ada, &causeway, &connection).await;
    let interrupted = receiver.receives(1).await.remove(0);
    verify(&interrupted, &hook.secret);
    let message = interrupted.message();
    assert_eq!(message.kind, "connection.interrupted");
    assert_eq!(message.data.cause, Some(api::Cause::IpAllowList));
    assert_eq!(message.data.connection.map(|about| about.id), Some(connection.id.clone()));
    checks(&ada, &causeway, &connection).await;
    causeway.model.set_ip_allow_list(HARBOUR, false);
    checks(&ada, &causeway, &connection).await;
    let all = receiver.receives(2).await;
    let told: Vec<_> = all.iter().map(|received| received.message().kind).collect();
    assert_eq!(told, ["connection.interrupted", "connection.recovered"]);
    verify(&all[1], &hook.secret);
    assert_ne!(all[0].id(), all[1].id());
    let delivered = eventually(PATIENCE, async || {
        let page = ada.calls::<ListDeliveries>(&hook.id, &api::DeliveriesQuery::default()).await.expect(200);
        let items = page.json::<api::List<Delivery>>().items;
        items.iter().all(|delivery| delivery.last_status == Some(204)).then_some(items.len())
    });
    assert_eq!(delivered.await, Some(2));
}

#[tokio::test]
async fn what_a_receiver_did_not_take_comes_again_under_the_same_id_even_after_a_crash() {
    let mut causeway = Causeway::start().await;
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    let receiver = Receiver::listen().await;
    let hook = makes_a_webhook(&ada, &receiver, WebhookEvent::ALL).await;
    receiver.answers(500);
    ada.calls::<TestWebhook>(&hook.id, &Nothing {}).await.expect(200);
    let attempts_until = async |status: u16| {
        let answered = eventually(PATIENCE, async || {
            let page = ada.calls::<ListDeliveries>(&hook.id, &api::DeliveriesQuery::default()).await.expect(200);
            let delivery = page.json::<api::List<Delivery>>().items.into_iter().next()?;
            (delivery.last_status == Some(status)).then_some(delivery.attempts)
        });
        answered.await
    };
    assert_eq!(attempts_until(500).await, Some(1));
    receiver.answers(204);
    causeway.worker.is_killed_and_restarted().await;
    assert_eq!(attempts_until(204).await, Some(2));
    let all = receiver.received();
    verify(&all[1], &hook.secret);
    assert_eq!((all[0].id(), &all[0].body), (all[1].id(), &all[1].body));
}

#[tokio::test]
async fn a_webhook_is_made_tried_and_sent_again_on_the_screen() {
    let causeway = Causeway::start().await;
    let receiver = Receiver::listen().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    browser.presses("Webhooks").await;
    browser.sees("No webhooks yet").await;
    browser.is_for_everyone("No webhooks yet").await;
    browser.presses("Create webhook").await;
    browser.fills_in("URL", "https://10.0.0.1/hook").await;
    browser.presses("Create").await;
    browser.sees("private").await;
    browser.is_for_everyone("The dialog that makes a webhook, with an address that is refused").await;
    browser.fills_in("URL", receiver.url()).await;
    browser.presses("Create").await;
    browser.sees("Webhook created").await;
    browser.is_for_everyone("Webhooks with a new secret").await;
    let shown = browser.runs("return document.querySelector('.shown-once .key').textContent").await;
    let secret = shown.as_str().expect("a secret is shown").to_owned();
    browser.presses("Done").await;
    browser.no_longer_sees("Webhook created").await;
    browser.presses(receiver.url()).await;
    browser.sees("Send a test to see").await;
    browser.presses("Send a test").await;
    browser.sees("The receiver answered 204").await;
    browser.sees("Delivering").await;
    browser.is_for_everyone("A webhook with a delivery").await;
    browser.presses("Send again: Test").await;
    let all = receiver.receives(2).await;
    verify(&all[0], &secret);
    assert_eq!(all[0].id(), all[1].id());
    browser.has_not_lost_the_focus().await;
    browser.presses("Edit").await;
    browser.sees("Send a message when").await;
    browser.presses("Calls work again").await;
    browser.presses("Save").await;
    browser.sees("Saved the webhook").await;
    browser.sees("Authorized, Interrupted, Unauthorized, Deleted").await;
    browser.presses("Delete").await;
    browser.sees("receives nothing from now on").await;
    browser.is_for_everyone("The dialog before a webhook is deleted").await;
    browser.presses("Delete 1 webhook").await;
    browser.sees("No webhooks yet").await;
    browser.presses("Audit log").await;
    browser.sees("deleted").await;
}
