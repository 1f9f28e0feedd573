//! The notification of a project whose tasks do not reach Jira because of its connection: what is the matter, the error
//! message, and the ways to mend it.

use api::{Cause, Project, ProjectConnection, State};
use leptos::prelude::*;

use crate::{
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        icon::Icon,
        isolated,
        learn_more::learn_more,
        moment::moment,
        when,
    },
};

/// The notification; nothing while the connection works.
#[component]
pub(super) fn ConnectionNotice(
    project: Project,
    /// Whether the member may edit the project.
    may: bool,
    /// Called to edit the issue tracking connection.
    on_edit: Callback<()>,
) -> impl IntoView {
    let (what, more) = match (&project.connection, &project.disconnected) {
        (Some(connection), _) if connection.state == State::Authorized => return ().into_any(),
        (Some(connection), _) => (trouble(connection), mend(connection)),
        (None, Some(lost)) => {
            let name = isolated(lost.connection_name.as_str());
            let what = view! { {format!("{name} lost access to this workspace ")} {moment(lost.at)} ". Tasks are kept, and do not reach Jira." };
            (what.into_any(), ().into_any())
        }
        (None, None) => return ().into_any(),
    };
    view! {
        <section class="notice section" role="status">
            <p>{Icon::Warning.view()} " " {what}</p>
            <div class="buttons">
                {when(may, || view! { <Button id="edit-connection" look=Look::Primary on_press=on_edit>"Edit issue tracking connection"</Button> }.into_any())}
                {more}
            </div>
        </section>
    }
    .into_any()
}

/// What is the matter, in a sentence.
fn trouble(connection: &ProjectConnection) -> AnyView {
    let name = isolated(connection.name.as_str());
    let what = match connection.state {
        State::Interrupted => {
            format!("{name} is interrupted. Tasks are kept, and go on by themselves once it works again.")
        }
        State::Deactivated => format!("{name} is deactivated. Tasks are kept, and go on once it is activated."),
        _ => format!("{name} is not authorized. Tasks are kept, and go on once it is authorized again."),
    };
    what.into_any()
}

/// *Review error message* and *Reauthorize*, for members who may reauthorize.
fn mend(connection: &ProjectConnection) -> AnyView {
    if !connection.may_reauthorize {
        return view! { <p class="subtle">"Members with the role issue tracking can reauthorize it."</p> }.into_any();
    }
    let off = connection.state == State::Deactivated;
    let (tab, act) = if off { (Tab::Overview, "See connection") } else { (Tab::Setup, "Reauthorize") };
    let to = Route::Connection(connection.id.clone(), tab).path();
    let error = connection.cause.map(|cause| {
        let words = format!("{} {} ", Cause::sentence(cause), cause.remedy());
        view! {
            <details class="details">
                <summary>"Review error message"</summary>
                <p>{words} {learn_more(cause.help_path())}</p>
            </details>
        }
    });
    view! { <Link to class=Look::Default.class()>{act}</Link> {error} }.into_any()
}
