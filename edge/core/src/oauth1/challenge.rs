//! `WWW-Authenticate: OAuth …`, which says what Jira refused and which base string it computed.

use super::{form::Pairs, percent::decode};

/// The `oauth_…` parameters of a challenge, even if other challenges precede it in the header. Values are
/// percent-encoded, so they contain neither commas nor quotation marks; anything else is skipped.
pub(super) fn parameters(challenge: &str) -> Pairs {
    challenge.split(',').filter_map(parameter).collect()
}

fn parameter(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.trim().split_once('=')?;
    let name = name.rsplit(' ').next().filter(|name| name.starts_with("oauth_"))?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    Some((name.to_owned(), decode(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parameters_of_a_challenge_are_found_among_others() {
        let found = parameters(
            "Negotiate, OAuth realm=\"https%3A%2F%2Fjira.example.com\", oauth_problem=\"parameter_absent\", \
             oauth_parameters_absent=oauth_nonce%26oauth_token",
        );
        let expected = [("oauth_problem", "parameter_absent"), ("oauth_parameters_absent", "oauth_nonce&oauth_token")];
        assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let first = parameters("OAuth oauth_problem=\"nonce_used\"");
        assert_eq!(first, [("oauth_problem".to_owned(), "nonce_used".to_owned())]);
    }

    #[test]
    fn a_challenge_of_another_scheme_or_a_broken_one_says_nothing() {
        for challenge in ["", "Bearer realm=\"a\"", "OAuth", "OAuth oauth_problem", "OAuth oauth_problem=\"%\"", ",,=,"]
        {
            assert_eq!(parameters(challenge), [], "{challenge}");
        }
    }
}
