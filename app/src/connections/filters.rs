//! What the grid shows, as the address bar says it: a pasted link shows the same.

use api::{ConnectionSort, ListConnectionsQuery, State};

/// Search, state, whether deleted, and order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// Words searched for; empty for none.
    pub(crate) q: String,
    /// Only this state.
    pub(crate) state: Option<State>,
    /// Only those that are deleted; otherwise none of them.
    pub(crate) deleted: bool,
    /// The order; by name if absent.
    pub(crate) sort: Option<ConnectionSort>,
}

const STATES: [(&str, State); 3] =
    [("authorized", State::Authorized), ("interrupted", State::Interrupted), ("unauthorized", State::Unauthorized)];

const SORTS: [(&str, ConnectionSort); 4] = [
    ("name", ConnectionSort::Name),
    ("-name", ConnectionSort::NameDescending),
    ("last_activity", ConnectionSort::LastActivity),
    ("-last_activity", ConnectionSort::LastActivityDescending),
];

impl Filters {
    /// Reads the decoded pairs of a query. What is not understood is ignored, as an old link may hold it.
    pub(crate) fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut filters = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "q" => filters.q = value,
                "status" => filters.state = STATES.iter().find(|(word, _)| *word == value).map(|(_, state)| *state),
                "deleted" => filters.deleted = value == "true",
                "sort" => filters.sort = SORTS.iter().find(|(word, _)| *word == value).map(|(_, sort)| *sort),
                _ => {}
            }
        }
        filters
    }

    /// The pairs of the query, not encoded.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let state = STATES.iter().find(|(_, state)| Some(*state) == self.state);
        let sort = SORTS.iter().find(|(_, sort)| Some(*sort) == self.sort);
        let q = Some(("q", self.q.clone())).filter(|(_, q)| !q.is_empty());
        q.into_iter()
            .chain(state.map(|(word, _)| ("status", (*word).to_owned())))
            .chain(self.deleted.then(|| ("deleted", "true".to_owned())))
            .chain(sort.map(|(word, _)| ("sort", (*word).to_owned())))
            .collect()
    }

    /// Whether anything is left out of the grid.
    pub(crate) fn narrow(&self) -> bool {
        !self.q.trim().is_empty() || self.state.is_some() || self.deleted
    }

    /// What the edge is asked for.
    pub(crate) fn request(&self, cursor: Option<String>) -> ListConnectionsQuery {
        let q = Some(self.q.trim().to_owned()).filter(|q| !q.is_empty());
        let deleted = self.deleted.then_some(true);
        ListConnectionsQuery { q, status: self.state, deleted, sort: self.sort, cursor, ..Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_link_shows_what_the_screen_showed_when_it_was_copied() {
        for state in STATES.map(|(_, state)| Some(state)).into_iter().chain([None]) {
            for sort in SORTS.map(|(_, sort)| Some(sort)).into_iter().chain([None]) {
                for deleted in [false, true] {
                    let filters = Filters { q: "a & b".to_owned(), state, deleted, sort };
                    let link = filters.pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
                    assert_eq!(Filters::from_pairs(link), filters);
                }
            }
        }
    }

    #[test]
    fn an_old_or_mistyped_link_shows_everything_it_does_not_name() {
        let filters = Filters::from_pairs(owned(&[("status", "fine"), ("sort", "size"), ("utm", "x")]));
        assert_eq!(filters, Filters::default());
        assert!(!filters.narrow());
    }

    #[test]
    fn a_search_for_spaces_is_no_search() {
        let filters = Filters { q: "  ".to_owned(), ..Filters::default() };
        assert!(!filters.narrow());
        assert_eq!(filters.request(None), ListConnectionsQuery::default());
    }
}
