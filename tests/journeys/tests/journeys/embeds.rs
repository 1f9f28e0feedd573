//! Somebody puts a chart into a page of another origin; readers there see it, and no other page can show it.

use api::{
    Chart, ChartId, CreateChart, CreateEmbed, CreatedEmbed, EditEmbed, EditSettings, Embed, EmbedAccess, EmbedEdit,
    EmbedKind, EmbedState, EndDelegation, List, ListEmbeds, ListEmbedsQuery, NewChart, NewEmbed, Nothing, SettingsEdit,
};
use atlassian::Person;
use atlassian::sites::HARBOUR;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use edge_core::{fakes::NativeMac, ports::Mac as _};
use journeys::browser::Browser;
use journeys::{Causeway, PATIENCE, Visitor, eventually};
use serde_json::{Value, json};

use crate::charts::makes_a_chart;

/// The origin of the page that shows embeds: a page of the model.
fn host(causeway: &Causeway) -> String {
    url::Url::parse(&causeway.model.url()).expect("an address").origin().ascii_serialization()
}

/// Opens the host's page with a frame, as the snippet makes it.
async fn opens_the_host(causeway: &Causeway, browser: &Browser, src: &str) {
    opens_a_host_that(causeway, browser, "", src).await;
}

/// The same, with a script of the host's.
async fn opens_a_host_that(causeway: &Causeway, browser: &Browser, script: &str, src: &str) {
    browser.opens(&format!("{}/model", host(causeway))).await;
    browser.runs(script).await;
    let frame = format!(
        "document.body.replaceChildren();
         const frame = document.createElement('iframe');
         frame.src = {src};
         frame.title = 'Chart';
         frame.width = 640;
         frame.height = 520;
         frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox');
         document.body.append(frame);",
        src = json!(src),
    );
    browser.runs(&frame).await;
}

/// Goes into the frame of the host's page.
async fn looks_into_the_frame(browser: &Browser) {
    browser.driver().enter_default_frame().await.expect("the page is there");
    browser.driver().enter_frame(0).await.expect("the frame is there");
}

/// Ada, who lets Causeway read Harbour Logistics as her and has made *Issues by status*, in a browser and by HTTP.
async fn ada_with_a_chart(causeway: &Causeway) -> (Visitor, Browser, ChartId) {
    let ada = causeway.visitor();
    ada.signs_in_as(Person::Ada).await;
    ada.connects("Harbour", Person::Ada, HARBOUR).await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    makes_a_chart(&browser).await;
    let address = browser.address().await;
    let id = address.rsplit('/').next().and_then(|id| id.split('?').next()).expect("an id");
    (ada, browser, ChartId::parse(id).expect("the address of a chart"))
}

/// Makes an embed that is shown with Ada's access.
async fn embeds(ada: &Visitor, chart: &ChartId, kind: EmbedKind, origin: &str, locked: &[&str]) -> CreatedEmbed {
    let new = NewEmbed {
        chart_id: chart.clone(),
        kind,
        origins: vec![origin.to_owned()],
        locked_params: locked.iter().map(|name| (*name).to_owned()).collect(),
        access: Some(EmbedAccess::default()),
    };
    ada.calls::<CreateEmbed>(&(), &new).await.expect(201).json()
}

async fn allows_charts_without_signing_in(ada: &Visitor) {
    ada.calls::<EditSettings>(&(), &SettingsEdit { anonymous_charts: Some(true) }).await.expect(200);
}

/// A token as the host's server signs it.
async fn token(key: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(claims));
    let signature = NativeMac.hmac_sha256(key.as_bytes(), message.as_bytes()).await.expect("signed");
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_chart_is_put_into_a_page_of_another_origin_and_everybody_sees_it_there_until_that_ends() {
    let causeway = Causeway::start().await;
    let (ada, browser, chart) = ada_with_a_chart(&causeway).await;
    browser.sees("No page of others shows it").await;
    browser.presses("Embed chart").await;
    browser.sees("Pages that may show it").await;
    browser.is_for_everyone("The dialog that embeds a chart").await;
    browser.presses("Everybody who can open the page").await;
    browser.sees("does not allow charts to be shown without signing in").await;
    browser.presses("Allow it").await;
    browser.no_longer_sees("does not allow charts to be shown without signing in").await;
    browser.fills_in("Pages that may show it", &host(&causeway)).await;
    browser.presses("Make embed").await;
    browser.sees("Paste it into the page").await;
    browser.is_for_everyone("The snippet of an embed").await;
    browser.presses("Done").await;
    browser.sees("Last shown").await;
    browser.is_for_everyone("A chart with an embed").await;
    let query = ListEmbedsQuery { chart_id: Some(chart) };
    let list: List<Embed> = ada.calls::<ListEmbeds>(&(), &query).await.expect(200).json();
    let embed = list.items.into_iter().next().expect("an embed");

    let reader = causeway.browser().await;
    opens_the_host(&causeway, &reader, &format!("{}/embed/{}", causeway.public_url, embed.id)).await;
    looks_into_the_frame(&reader).await;
    reader.sees("is largest").await;
    reader.sees("with the access of Ada").await;
    assert_eq!(reader.runs("return document.cookie").await, json!(""), "a frame keeps nothing");
    // By keyboard: to the first mark, to the next, and to the table.
    reader.runs("document.querySelector('.chart-target[tabindex=\"0\"]').focus()").await;
    reader.types(thirtyfour::Key::Right).await;
    let moved = reader.runs("return document.activeElement === document.querySelectorAll('.chart-target')[1]").await;
    assert_eq!(moved, json!(true), "arrow keys go from mark to mark");
    reader.types("t").await;
    reader.sees("All issues").await;

    let pause = |state| EmbedEdit { state: Some(state), ..EmbedEdit::default() };
    ada.calls::<EditEmbed>(&embed.id, &pause(EmbedState::Paused)).await.expect(200);
    reader.sees("This chart is not shown any more").await;
    ada.calls::<EditEmbed>(&embed.id, &pause(EmbedState::Active)).await.expect(200);
    reader.sees("is largest").await;
    let delegation = embed.delegation.expect("it is shown with somebody's access").id;
    ada.calls::<EndDelegation>(&delegation, &Nothing {}).await.expect(200);
    reader.sees("is not given any more").await;
    let severe = reader.console().await;
    assert!(!severe.contains("Content Security Policy"), "{severe}");
}

#[tokio::test]
async fn the_page_of_an_embed_works_for_everyone() {
    let causeway = Causeway::start().await;
    let (ada, _, chart) = ada_with_a_chart(&causeway).await;
    allows_charts_without_signing_in(&ada).await;
    let made = embeds(&ada, &chart, EmbedKind::Published, &host(&causeway), &[]).await;
    let reader = causeway.browser().await;
    reader.opens(&format!("/embed/{}", made.embed.id)).await;
    reader.sees("is largest").await;
    // The page around a frame has the heading.
    reader.is_for_everyone_but_for(&["page-has-heading-one"], "The page of an embed").await;
}

#[tokio::test]
async fn chromium_refuses_to_frame_an_embed_in_a_page_that_it_does_not_name() {
    let causeway = Causeway::start().await;
    let (ada, _, chart) = ada_with_a_chart(&causeway).await;
    allows_charts_without_signing_in(&ada).await;
    let made = embeds(&ada, &chart, EmbedKind::Published, "https://elsewhere.example", &[]).await;
    let reader = causeway.browser().await;
    for id in [made.embed.id.as_str(), "emb_unknown"] {
        opens_the_host(&causeway, &reader, &format!("{}/embed/{id}", causeway.public_url)).await;
        let refused = eventually(PATIENCE, async || reader.console().await.contains("frame-ancestors").then_some(()));
        assert!(refused.await.is_some(), "{id} was framed");
    }
}

#[tokio::test]
async fn a_host_signs_for_its_readers_and_is_asked_for_another_token_when_one_has_ended() {
    let causeway = Causeway::start().await;
    let (ada, _, _) = ada_with_a_chart(&causeway).await;
    let spec = json!({
        "source": {"jql": "created >= -900d"}, "mark": "bar", "group": {"field": {"id": "status", "name": "Status"}},
        "params": [{"name": "kind", "field": {"id": "issuetype"}, "values": ["Bug", "Task"]}],
        "says": {"title": "Open bugs"},
    });
    let new = NewChart { site: HARBOUR.to_owned(), spec: serde_json::from_value(spec).expect("a spec") };
    let chart: Chart = ada.calls::<CreateChart>(&(), &new).await.expect(201).json();
    let made = embeds(&ada, &chart.id, EmbedKind::Signed, &host(&causeway), &["kind"]).await;
    let key = made.key.expect("a signed embed has a key");
    let reader = causeway.browser().await;
    let now = reader.runs("return Math.floor(Date.now() / 1000)").await.as_i64().expect("a time");
    let claims = |begun: i64| json!({"embed": made.embed.id, "sub": "reader-1", "params": {"kind": "Bug"}, "iat": begun, "exp": begun + 300});
    let (good, old) = (token(&key, &claims(now)).await, token(&key, &claims(now - 900)).await);
    let at = format!("{}/embed/{}", causeway.public_url, made.embed.id);

    opens_the_host(&causeway, &reader, &format!("{at}#t={good}")).await;
    looks_into_the_frame(&reader).await;
    reader.sees("with the access of Ada").await;

    // One that has ended: the frame asks the page, which has its server sign another one.
    let answers = format!(
        "addEventListener('message', ({{ source, data }}) => {{
             if (data.type === 'causeway:token-needed')
                 source.postMessage({{ type: 'causeway:token', token: {good} }}, {origin});
         }});",
        good = json!(good),
        origin = json!(causeway.public_url),
    );
    opens_a_host_that(&causeway, &reader, &answers, &format!("{at}#t={old}")).await;
    looks_into_the_frame(&reader).await;
    reader.sees("with the access of Ada").await;

    // A page that does not answer shows nothing.
    opens_the_host(&causeway, &reader, &format!("{at}#t={old}")).await;
    looks_into_the_frame(&reader).await;
    reader.sees("This chart needs the page around it").await;
}
