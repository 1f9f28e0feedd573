//! Before and after a session.

use atlassian::Person;

use crate::Studio;

pub(crate) async fn pictures(studio: &Studio) {
    let browser = &studio.browser;
    browser.opens("/").await;
    browser.sees("Sign in to Causeway").await;
    studio.takes("01-sign-in").await;
    browser.opens("/sign-in/callback?state=x&code=y").await;
    browser.sees("Sign in").await;
    studio.takes("02-problem-of-the-edge").await;
    browser.signs_in_as(Person::Ada).await;
    browser.sees("No connections yet").await;
    studio.pictures("/nowhere", "Page not found", "03-page-not-found").await;
    let unknown = "/connections/con_00000000000000000000000000";
    studio.pictures(unknown, "There is no such connection", "04-connection-not-found").await;
    browser.opens("/").await;
    browser.presses("Sign out").await;
    browser.sees("Sign in").await;
    studio.takes("05-signed-out").await;

    let strangers = studio.causeway.browser().await;
    strangers.signs_in_as(Person::Sam).await;
    strangers.sees("You have no access yet").await;
    studio.takes_of(&strangers, "06-stranger").await;
    let umas = studio.causeway.browser().await;
    umas.signs_in_as(Person::Uma).await;
    umas.sees("verif").await;
    studio.takes_of(&umas, "07-unverified").await;
}
