//! No other page can show Causeway in a frame.

use atlassian::Person;
use journeys::{Causeway, PATIENCE, eventually};

#[tokio::test]
async fn chromium_refuses_to_frame_sign_in_callback_and_administration() {
    let causeway = Causeway::start().await;
    let browser = causeway.browser().await;
    browser.signs_in_as(Person::Ada).await;
    for path in ["/sign-in/callback?state=x&code=y", "/oauth/callback?state=x&code=y", "/", "/api-keys", "/authorize"] {
        browser.opens(&format!("{}/model", causeway.model.url())).await;
        let frame = format!(
            "const frame = document.createElement('iframe');
             frame.src = '{}{path}';
             document.body.append(frame);",
            causeway.public_url
        );
        browser.runs(&frame).await;
        let refused = eventually(PATIENCE, async || {
            let said = browser.console().await;
            said.contains("frame-ancestors").then_some(())
        });
        assert!(refused.await.is_some(), "{path} was framed");
    }
}
