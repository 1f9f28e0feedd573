//! *Let others see it*: gives one's own access to a chart, that of a connection, or asks somebody for theirs.

use api::{
    ChartId, ChartSite, ConnectionId, CreateDelegation, DelegationShows, DelegationState, NewDelegation, ProblemCode,
};
use leptos::prelude::*;

use super::{placing::Placing, words::whose};
use crate::{
    charts::controls::select,
    client::call,
    context::expect_context,
    ui::{
        button::{Button, Look},
        choice::{choice, radio},
        dialog::Dialog,
        field::TextField,
        flags::Flags,
        focus, isolated,
        learn_more::learn_more,
        moment::clock,
        mutation::Mutation,
    },
};

/// Whose access is given.
#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    Own,
    Connection(ConnectionId),
    Somebody,
}

/// When it can end.
const ENDS: [(&str, &str, i64); 4] =
    [("30", "In 30 days", 30), ("90", "In 90 days", 90), ("180", "In 180 days", 180), ("365", "In a year", 365)];
/// How long it lasts unless somebody chooses, in days.
const USUAL: &str = "90";
/// A day, in seconds.
const DAY: i64 = 86_400;

/// The dialog, open while `open` is set. `on_done` is called when something was given or asked for.
#[component]
pub(in crate::charts) fn LetOthersDialog(
    chart: ChartId,
    /// The site of the chart.
    site: Signal<Option<ChartSite>>,
    /// Every site that is known.
    sites: Signal<Vec<ChartSite>>,
    /// The page that somebody came from, as a placement names it; empty: none.
    page: Signal<String>,
    open: RwSignal<bool>,
    on_done: Callback<()>,
) -> impl IntoView {
    let mutation = Mutation::new();
    let chart = StoredValue::new(chart);
    let close = Callback::new(move |()| {
        mutation.clear();
        open.set(false);
    });
    let form = move || {
        let placing = untrack(|| Placing::new(&page.get(), sites.get()));
        view! { <Form chart=chart.get_value() site=untrack(|| site.get()) placing mutation close on_done /> }.into_any()
    };
    view! {
        <Dialog open=open.into() on_close=close title="Let others see it">
            {form}
        </Dialog>
    }
}

#[component]
fn Form(
    chart: ChartId,
    site: Option<ChartSite>,
    placing: Placing,
    mutation: Mutation,
    close: Callback<()>,
    on_done: Callback<()>,
) -> impl IntoView {
    let flags: Flags = expect_context();
    let has_own = site.as_ref().is_some_and(|site| site.is_authorized);
    let from = RwSignal::new(if has_own { From::Own } else { From::Somebody });
    let email = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let shown = RwSignal::new(DelegationShows::default());
    let ends = RwSignal::new(USUAL.to_owned());
    let send = move |()| {
        tried.set(true);
        let is_asked = from.get_untracked() == From::Somebody;
        let address = email.get_untracked().trim().to_owned();
        if is_asked && address.is_empty() {
            return focus("delegation-ask");
        }
        let Ok((audience, place)) = untrack(|| placing.chosen()) else { return focus("delegation-page") };
        let days = ENDS.iter().find(|(value, ..)| *value == ends.get_untracked()).map_or(90, |(.., days)| *days);
        let connection_id = if let From::Connection(id) = from.get_untracked() { Some(id) } else { None };
        let new = NewDelegation {
            connection_id,
            ask: is_asked.then_some(address),
            audience,
            placements: vec![place],
            shows: shown.get_untracked(),
            expires_at: Some(clock().plus_seconds(days * DAY)),
        };
        let chart = chart.clone();
        mutation.run(async move { call::<CreateDelegation>(&chart, &new).await }, move |made| {
            flags.done(match made.state {
                DelegationState::Asked => format!("Asked for {}", whose(&made.access)),
                _ => format!("Others see it with {}", whose(&made.access)),
            });
            close.run(());
            on_done.run(());
        });
    };
    let error = Signal::derive(move || {
        let is_missing = tried.get() && email.with(|email| email.trim().is_empty());
        is_missing.then(|| "Enter an e-mail address.".to_owned())
    });
    view! {
        <p>
            "Readers without access to Jira see the numbers of this chart, and whose access they are counted with. Nobody sees its query. "
            {learn_more("/help/charts/#delegation".to_owned())}
        </p>
        {whose_access(site, has_own, from)}
        {move || (from.get() == From::Somebody).then(|| view! {
            <TextField
                id="delegation-ask"
                label="Their e-mail address"
                help="They decide on a page of their own. Nobody else can."
                value=email
                error
                kind="email"
                on_leave=|()| ()
            />
        })}
        {placing.fields(tried)}
        {more(shown)}
        {select(
            "delegation-ends",
            "Ends",
            Signal::stored(ENDS.iter().map(|(value, words, _)| ((*value).to_owned(), (*words).to_owned())).collect()),
            ends.into(),
            Callback::new(move |days| ends.set(days)),
        )}
        {mutation.failure_except(ProblemCode::NotSignedIn)}
        <div class="buttons">
            <Button on_press=close>"Cancel"</Button>
            <Button look=Look::Primary submits=true on_press=send busy=mutation.busy()>
                {move || if from.get() == From::Somebody { "Ask" } else { "Let others see it" }}
            </Button>
        </div>
    }
}

fn whose_access(site: Option<ChartSite>, has_own: bool, from: RwSignal<From>) -> AnyView {
    let one = move |own: From, words: String| {
        let chosen = own.clone();
        let is_chosen = Signal::derive(move || from.with(|from| *from == chosen));
        let choose = Callback::new(move |()| from.set(own.clone()));
        radio("delegation-from", words.into_any(), is_chosen, false, choose)
    };
    let connections = site.map(|site| site.connections).unwrap_or_default();
    let own = has_own.then(|| one(From::Own, "With my access".to_owned()));
    let named = connections.into_iter().map(|connection| {
        let words = format!("With the access of the connection {}", isolated(connection.name.as_str()));
        one(From::Connection(connection.id), words)
    });
    let all: Vec<AnyView> =
        own.into_iter().chain(named).chain([one(From::Somebody, "Ask somebody for theirs".to_owned())]).collect();
    view! { <fieldset class="field"><legend>"Whose access"</legend>{all}</fieldset> }.into_any()
}

/// What readers see beside numbers.
fn more(shown: RwSignal<DelegationShows>) -> AnyView {
    let one = move |words: &'static str, read: fn(&DelegationShows) -> bool, write: fn(&mut DelegationShows, bool)| {
        let ticked = Signal::derive(move || shown.with(read));
        choice(words.into_any(), ticked, Callback::new(move |on: bool| shown.update(|shown| write(shown, on))))
    };
    let names = one("Names of people", |shown| shown.names, |shown, on| shown.names = on);
    let keys = one("Keys of issues", |shown| shown.keys, |shown, on| shown.keys = on);
    let links =
        one("Links into Jira, which hold the query", |shown| shown.drill_down, |shown, on| shown.drill_down = on);
    view! { <fieldset class="field"><legend>"Readers also see"</legend>{names} {keys} {links}</fieldset> }.into_any()
}
