//! Whose access is given, what readers see, and until when: the part that all forms share in which access is given.

use api::{ChartSite, ConnectionId, DelegationShows, Timestamp};
use leptos::prelude::*;

use crate::{
    charts::controls::select,
    ui::{
        choice::{choice, radio},
        field::TextField,
        focus, isolated,
        moment::clock,
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

/// What a person has chosen.
pub(in crate::charts) struct ChosenAccess {
    /// The connection whose access it is.
    pub(in crate::charts) connection_id: Option<ConnectionId>,
    /// The address of whoever is asked for theirs.
    pub(in crate::charts) ask: Option<String>,
    /// What readers see beside numbers.
    pub(in crate::charts) shows: DelegationShows,
    /// When it ends.
    pub(in crate::charts) expires_at: Timestamp,
}

/// The choices of the form.
#[derive(Clone, Copy)]
pub(in crate::charts) struct AccessForm {
    from: RwSignal<From>,
    email: RwSignal<String>,
    tried: RwSignal<bool>,
    shown: RwSignal<DelegationShows>,
    ends: RwSignal<String>,
}

impl AccessForm {
    /// A form that begins with the person's own access, if they have any.
    pub(in crate::charts) fn new(site: Option<&ChartSite>) -> Self {
        let has_own = site.is_some_and(|site| site.is_authorized);
        // Nobody has an access of their own to a Data Center.
        let data_center = site.filter(|site| site.site.cloud_id.is_none());
        let of_connection = data_center.and_then(|site| site.connections.first());
        let of_connection = of_connection.map(|one| From::Connection(one.id.clone()));
        Self {
            from: RwSignal::new(if has_own { From::Own } else { of_connection.unwrap_or(From::Somebody) }),
            email: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
            shown: RwSignal::default(),
            ends: RwSignal::new(USUAL.to_owned()),
        }
    }

    /// Whether somebody else is asked.
    pub(in crate::charts) fn asks(self) -> bool {
        self.from.get() == From::Somebody
    }

    /// What was chosen. `None` if something is missing, which the form shows then.
    pub(in crate::charts) fn chosen(self) -> Option<ChosenAccess> {
        self.tried.set(true);
        let from = self.from.get_untracked();
        let address = self.email.get_untracked().trim().to_owned();
        if from == From::Somebody && address.is_empty() {
            focus("delegation-ask");
            return None;
        }
        let ends = self.ends.get_untracked();
        let days = ENDS.iter().find(|(value, ..)| *value == ends).map_or(90, |(.., days)| *days);
        Some(ChosenAccess {
            ask: (from == From::Somebody).then_some(address),
            connection_id: if let From::Connection(id) = from { Some(id) } else { None },
            shows: self.shown.get_untracked(),
            expires_at: clock().plus_seconds(days * DAY),
        })
    }

    /// Whether somebody tried to send the form: from then on it says what is missing.
    pub(in crate::charts) const fn tried(self) -> RwSignal<bool> {
        self.tried
    }

    /// The fields. `place` is what stands behind whose access it is: who looks, and where.
    pub(in crate::charts) fn fields(self, site: Option<ChartSite>, place: Option<AnyView>) -> AnyView {
        let (email, tried) = (self.email, self.tried);
        let error = Signal::derive(move || {
            let is_missing = tried.get() && email.with(|email| email.trim().is_empty());
            is_missing.then(|| "Enter an e-mail address.".to_owned())
        });
        view! {
            {whose_access(site, self.from)}
            {move || self.asks().then(|| view! {
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
            {place}
            {more(self.shown)}
            {select(
                "delegation-ends",
                "Ends",
                Signal::stored(ENDS.iter().map(|(value, words, _)| ((*value).to_owned(), (*words).to_owned())).collect()),
                self.ends.into(),
                Callback::new(move |days| self.ends.set(days)),
            )}
        }
        .into_any()
    }
}

fn whose_access(site: Option<ChartSite>, from: RwSignal<From>) -> AnyView {
    let one = move |own: From, words: String| {
        let chosen = own.clone();
        let is_chosen = Signal::derive(move || from.with(|from| *from == chosen));
        let choose = Callback::new(move |()| from.set(own.clone()));
        radio("delegation-from", words.into_any(), is_chosen, false, choose)
    };
    let has_own = site.as_ref().is_some_and(|site| site.is_authorized);
    let is_cloud = site.as_ref().is_none_or(|site| site.site.cloud_id.is_some());
    let connections = site.map(|site| site.connections).unwrap_or_default();
    let own = has_own.then(|| one(From::Own, "With my access".to_owned()));
    let named = connections.into_iter().map(|connection| {
        let words = format!("With the access of the connection {}", isolated(connection.name.as_str()));
        one(From::Connection(connection.id), words)
    });
    let somebody = is_cloud.then(|| one(From::Somebody, "Ask somebody for theirs".to_owned()));
    let all: Vec<AnyView> = own.into_iter().chain(named).chain(somebody).collect();
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
