//! The banner above the connections: first causes that several connections share, then single connections.

use api::{Affected, Attention, Need, NeedAction, Story};
use leptos::{ev::Event, prelude::*};
use wasm_bindgen::JsCast;

use super::{AttentionPlace, NeedsAttention, title};
use crate::{
    client::CallError,
    connections::{Lifecycle, ListFailed, contact, counted as connections},
    context::expect_context,
    navigation::Link,
    route::{Route, Tab},
    ui::{
        button::{Button, Look},
        failure::failure_beside,
        icon::Icon,
        learn_more::learn_more,
        moment::moment,
        when,
    },
};

/// The banner; nothing if nothing needs attention.
#[component]
pub(crate) fn AttentionBanner() -> impl IntoView {
    let AttentionPlace { needs, .. } = expect_context();
    move || needs.get().map_or_else(|| ().into_any(), told)
}

fn told(NeedsAttention { answer, open }: NeedsAttention) -> AnyView {
    let told = Memo::new(move |_| answer.get());
    let ListFailed(failed) = use_context().unwrap_or_else(|| ListFailed(Memo::new(|_| false)));
    // What kept the list from loading kept this from loading, too: once the list is there, this is asked again.
    Effect::new(move |before: Option<bool>| {
        let is_failed = failed.get();
        if before == Some(true) && !is_failed && untrack(|| matches!(answer.get(), Some(Err(_)))) {
            answer.reload();
        }
        is_failed
    });
    let shown = move || match told.get() {
        Some(Ok(attention)) if !attention.stories.is_empty() || !attention.needs.is_empty() => banner(attention, open),
        // Where the list fails, too, its own notice is enough.
        Some(Err(_)) if failed.get() => ().into_any(),
        Some(Err(error)) => unknown(error, answer),
        _ => ().into_any(),
    };
    shown.into_any()
}

/// The failure to load what needs attention.
fn unknown(error: CallError, answer: crate::ui::query::Query<Attention>) -> AnyView {
    view! {
        <section class="notice attention" aria-label="Needs attention">
            {failure_beside(Some(error))}
            <Button on_press=move |()| answer.reload()>"Look again"</Button>
        </section>
    }
    .into_any()
}

fn banner(attention: Attention, open: RwSignal<Option<bool>>) -> AnyView {
    // One line until somebody unfolds it: the list beneath it must not move.
    let is_open = move || open.get().unwrap_or(false);
    let toggled = move |event: Event| {
        let now = event.target().map(JsCast::unchecked_into).map(|details: web_sys::HtmlDetailsElement| details.open());
        if now.is_some_and(|now| now != untrack(is_open)) {
            open.set(now);
        }
    };
    let title = title(&attention);
    let more = attention.more;
    view! {
        <section class="notice attention" aria-label="Needs attention">
            <details prop:open=is_open on:toggle=toggled>
                <summary>{Icon::Warning.view()} " " {title}</summary>
                {attention.stories.into_iter().map(story).collect::<Vec<_>>()}
                <ul>{attention.needs.into_iter().map(need).collect::<Vec<_>>()}</ul>
                {when(more > 0, || view! { <p class="subtle">{format!("And {more} more.")}</p> }.into_any())}
            </details>
        </section>
    }
    .into_any()
}

fn story(story: Story) -> AnyView {
    let more = usize::try_from(story.total).unwrap_or_default().saturating_sub(story.connections.len());
    let (sentence, help, who) = (story.sentence(), story.cause.help_path(), story.who.title());
    let names: Vec<AnyView> = story.connections.into_iter().map(|one| line(named(&one), None)).collect();
    let rest = format!("and {}", connections(more));
    let affected = || {
        view! {
            <details>
                <summary>{format!("Affects {}", connections(story.total as usize))}</summary>
                <ul>{names} {when(more > 0, || line(rest.into_any(), None))}</ul>
            </details>
        }
        .into_any()
    };
    view! {
        <p>
            <strong>{sentence}</strong> " " {story.remedy} " " {learn_more(help)}
            " " <span class="subtle">"Who: " {who} ". It began " {moment(story.since)} "."</span>
        </p>
        {story.support_url.map(contact)}
        {when(story.total > 0, affected)}
    }
    .into_any()
}

fn line(words: AnyView, act: Option<AnyView>) -> AnyView {
    view! { <li>{words} " " {act}</li> }.into_any()
}

fn named(connection: &Affected) -> AnyView {
    let overview = Route::Connection(connection.id.clone(), Tab::Overview).path();
    let name = connection.name.to_string();
    view! { <Link to=overview><bdi>{name}</bdi></Link> }.into_any()
}

fn need(need: Need) -> AnyView {
    let act = action(&need);
    let who = need.who.title();
    let words = view! {
        <span class="attention-words">
            {named(&need.connection)} ": " {need.why} " " {need.remedy} " " <span class="subtle">"Who: " {who} "."</span>
        </span>
    };
    line(words.into_any(), Some(act))
}

fn action(need: &Need) -> AnyView {
    let (id, name) = (need.connection.id.clone(), need.connection.name.clone());
    let (words, tab) = match need.action {
        NeedAction::Renew => {
            let lifecycle: Lifecycle = expect_context();
            let renew = move |()| lifecycle.renew(&id);
            return view! { <Button label=format!("Renew now {name}") on_press=renew>"Renew now"</Button> }.into_any();
        }
        NeedAction::Reauthorize => ("Reauthorize", Tab::Setup),
        NeedAction::Review => ("Review", Tab::Overview),
        _ => ("See why", Tab::Overview),
    };
    view! {
        <Link to=Route::Connection(id, tab).path() class=Look::Default.class()>
            {words} <span class="assistive">{format!(" {name}")}</span>
        </Link>
    }
    .into_any()
}
