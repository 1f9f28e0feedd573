//! What the grid is filtered and sorted by. The address bar holds it, so that a pasted link shows the same.

use api::{ConnectionCounts, ConnectionSort, Kind, State};

/// The rows of a page: more than fit a screen, and few enough to load between two keystrokes.
///
/// `start.js` requests the first page of this size before the app runs.
pub(super) const PAGE_SIZE: usize = 50;

/// The filters and the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// The search text; empty for none.
    pub(crate) q: String,
    /// Only this state.
    pub(crate) state: Option<State>,
    /// Only this kind.
    pub(crate) kind: Option<Kind>,
    /// Only connections whose credential ends within 30 days.
    pub(crate) ends_soon: bool,
    /// Only deleted connections; otherwise only those that are not deleted.
    pub(crate) deleted: bool,
    /// The order; the most urgent first if absent.
    pub(crate) sort: Option<ConnectionSort>,
}

const STATES: [(&str, State); 4] = [
    ("authorized", State::Authorized),
    ("interrupted", State::Interrupted),
    ("unauthorized", State::Unauthorized),
    ("deactivated", State::Deactivated),
];

/// The names of the parameters of the address.
pub(super) const PARAMETERS: [&str; 6] = ["q", "status", "kind", "ends_soon", "deleted", "sort"];

impl Filters {
    /// Reads the decoded pairs of a query. Unknown names and values are ignored: an old link may hold them.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut filters = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "q" => filters.q = value,
                "status" => filters.state = STATES.iter().find(|(word, _)| *word == value).map(|(_, state)| *state),
                "kind" => filters.kind = Kind::ALL.iter().find(|kind| kind.as_str() == value).copied(),
                "ends_soon" => filters.ends_soon = value == "true",
                "deleted" => filters.deleted = value == "true",
                "sort" => filters.sort = ConnectionSort::ALL.iter().find(|sort| sort.as_str() == value).copied(),
                _ => {}
            }
        }
        filters
    }

    /// The pairs of the query, not encoded.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let state = STATES.iter().find(|(_, state)| Some(*state) == self.state);
        let kind = Kind::ALL.iter().find(|kind| Some(**kind) == self.kind);
        let q = Some(("q", self.q.clone())).filter(|(_, q)| !q.is_empty());
        q.into_iter()
            .chain(state.map(|(word, _)| ("status", (*word).to_owned())))
            .chain(kind.map(|kind| ("kind", kind.as_str().to_owned())))
            .chain(self.ends_soon.then(|| ("ends_soon", "true".to_owned())))
            .chain(self.deleted.then(|| ("deleted", "true".to_owned())))
            .chain(self.sort.map(|sort| ("sort", sort.as_str().to_owned())))
            .collect()
    }

    /// Whether any filter is set.
    pub(crate) fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || self.state.is_some() || self.kind.is_some() || self.ends_soon || self.deleted
    }

    /// The order.
    pub(crate) fn order(&self) -> ConnectionSort {
        self.sort.unwrap_or(ConnectionSort::Attention)
    }

    /// Whether all deleted connections are listed, and nothing else narrows the list.
    pub(crate) fn are_deleted_only(&self) -> bool {
        self.deleted && !Self { deleted: false, ..self.clone() }.is_filtered()
    }

    /// How many connections match, by the counts per state.
    pub(crate) const fn counted(&self, counts: ConnectionCounts) -> usize {
        (match self.state {
            _ if self.deleted => counts.deleted,
            _ if self.ends_soon => counts.ends_soon,
            Some(State::Authorized) => counts.authorized,
            Some(State::Interrupted) => counts.interrupted,
            Some(State::Unauthorized) => counts.unauthorized,
            Some(State::Deactivated) => counts.deactivated,
            Some(State::Unknown(_)) => 0,
            None => counts.authorized + counts.interrupted + counts.unauthorized + counts.deactivated,
        }) as usize
    }

    /// These filters with the search text as the edge gets it, and with their order.
    pub(crate) fn asked(&self) -> Self {
        Self { q: self.q.trim().to_owned(), sort: Some(self.order()), ..self.clone() }
    }

    /// The query of [`api::ListConnections`] for the page with this number, from 0.
    pub(crate) fn request(&self, page: usize) -> Vec<(&'static str, String)> {
        let mut pairs = self.asked().pairs();
        if page > 0 {
            pairs.push(("skip", (page * PAGE_SIZE).to_string()));
        }
        pairs.push(("limit", PAGE_SIZE.to_string()));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use api::ListConnectionsQuery;

    use super::*;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_link_shows_what_the_screen_showed_when_it_was_copied() {
        for state in STATES.map(|(_, state)| Some(state)).into_iter().chain([None]) {
            for sort in ConnectionSort::ALL.iter().map(|sort| Some(*sort)).chain([None]) {
                for (deleted, ends_soon) in [(false, false), (false, true), (true, false)] {
                    for kind in Kind::ALL.iter().map(|kind| Some(*kind)).chain([None]) {
                        let filters = Filters { q: "a & b".to_owned(), state, kind, ends_soon, deleted, sort };
                        let link = filters.pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
                        assert_eq!(Filters::from_pairs(link), filters);
                        assert!(filters.pairs().iter().all(|(name, _)| PARAMETERS.contains(name)));
                    }
                }
            }
        }
    }

    #[test]
    fn an_old_or_mistyped_link_shows_everything_it_does_not_name() {
        let filters = Filters::from_pairs(owned(&[("status", "fine"), ("sort", "size"), ("utm", "x")]));
        assert_eq!(filters, Filters::default());
        assert!(!filters.is_filtered());
    }

    #[test]
    fn a_list_of_what_is_deleted_is_told_from_a_search_in_it() {
        let deleted = Filters { deleted: true, ..Filters::default() };
        assert!(deleted.are_deleted_only());
        assert!(!Filters { q: "staging".to_owned(), ..deleted }.are_deleted_only());
        assert!(!Filters::default().are_deleted_only());
    }

    #[test]
    fn a_search_for_spaces_is_no_search() {
        let filters = Filters { q: "  ".to_owned(), ..Filters::default() };
        assert!(!filters.is_filtered());
        assert!(filters.request(0).iter().all(|(name, _)| *name != "q"));
    }

    #[test]
    fn the_edge_is_asked_in_the_words_of_the_contract() {
        let filters = Filters {
            q: " a ".to_owned(),
            state: Some(State::Interrupted),
            kind: Some(Kind::Basic),
            ends_soon: true,
            deleted: true,
            sort: Some(ConnectionSort::NameDescending),
        };
        let mut asked = serde_json::Map::new();
        for (name, value) in filters.request(2) {
            let value = match name {
                "skip" | "limit" => value.parse::<u32>().expect("a number").into(),
                "deleted" | "ends_soon" => true.into(),
                _ => value.into(),
            };
            asked.insert(name.to_owned(), value);
        }
        let read: ListConnectionsQuery = serde_json::from_value(asked.into()).expect("a query of the contract");
        let meant = ListConnectionsQuery {
            q: Some("a".to_owned()),
            status: filters.state,
            kind: filters.kind,
            ends_soon: Some(true),
            deleted: Some(true),
            sort: filters.sort,
            skip: Some(100),
            limit: Some(50),
            cursor: None,
        };
        assert_eq!(read, meant);
    }

    #[test]
    fn the_first_page_leaves_nothing_out_and_begins_with_what_is_worst() {
        let asked = [("sort", "attention".to_owned()), ("limit", "50".to_owned())];
        assert_eq!(Filters::default().request(0), asked);
    }
}
