//! Where a chart is shown with somebody's access, and who looks there: members in Causeway, or the readers of a page of
//! Confluence, which is named by its address.

use api::{ChartSite, DelegationAudience, Name, Placement, PlacementKind};
use leptos::prelude::*;

use crate::{
    charts::controls::select,
    ui::{choice::radio, field::TextField},
};

/// Who can look at a page.
const AUDIENCES: [(&str, &str, DelegationAudience); 3] = [
    ("page", "Everybody who may read the page", DelegationAudience::Page),
    ("licensed", "Everybody with a licence for Confluence", DelegationAudience::Licensed),
    ("members", "Members of this organization", DelegationAudience::Members),
];

/// What a person says about the place.
#[derive(Clone, Copy)]
pub(super) struct Placing {
    /// Whether it is a page; otherwise it is Causeway.
    is_page: RwSignal<bool>,
    /// The address of the page.
    address: RwSignal<String>,
    audience: RwSignal<String>,
    sites: StoredValue<Vec<ChartSite>>,
}

impl Placing {
    /// Begins with the page that somebody came from, as the placement names it; with Causeway if that is empty.
    pub(super) fn new(page: &str, sites: Vec<ChartSite>) -> Self {
        Self {
            is_page: RwSignal::new(!page.is_empty()),
            address: RwSignal::new(address_of(page, &sites)),
            audience: RwSignal::new("page".to_owned()),
            sites: StoredValue::new(sites),
        }
    }

    /// Who looks and where, or what is wrong with the address.
    pub(super) fn chosen(self) -> Result<(DelegationAudience, Placement), &'static str> {
        if !self.is_page.get() {
            return Ok((DelegationAudience::Members, Placement::organization()));
        }
        let audience =
            AUDIENCES.iter().find(|(value, ..)| *value == self.audience.get()).map(|(.., audience)| *audience);
        let page = self.sites.with_value(|sites| self.address.with(|address| page_at(address, sites)))?;
        Ok((audience.unwrap_or(DelegationAudience::Members), page))
    }

    /// The fields. What is wrong is said once somebody `tried`.
    pub(super) fn fields(self, tried: RwSignal<bool>) -> AnyView {
        let one = move |is_page: bool, words: &'static str| {
            let is_chosen = Signal::derive(move || self.is_page.get() == is_page);
            radio(
                "delegation-where",
                words.into_any(),
                is_chosen,
                false,
                Callback::new(move |()| self.is_page.set(is_page)),
            )
        };
        let error = Signal::derive(move || if tried.get() { self.chosen().err().map(str::to_owned) } else { None });
        let of_page = move || {
            self.is_page.get().then(|| {
                let audiences = AUDIENCES.iter().map(|(value, words, _)| ((*value).to_owned(), (*words).to_owned()));
                view! {
                    <TextField
                        id="delegation-page"
                        label="Address of the page"
                        help="As it stands in the browser, with the number of the page. On a copy of the page it is not given."
                        value=self.address
                        error
                        most="2000"
                        on_leave=|()| ()
                    />
                    {select(
                        "delegation-audience",
                        "Who looks",
                        Signal::stored(audiences.collect()),
                        self.audience.into(),
                        Callback::new(move |audience| self.audience.set(audience)),
                    )}
                }
            })
        };
        view! {
            <fieldset class="field">
                <legend>"Where"</legend>
                {one(false, "In Causeway, to members of this organization")}
                {one(true, "On a page of Confluence")}
            </fieldset>
            {of_page}
        }
        .into_any()
    }
}

/// The id of a page in an address: after `/pages/`, also while it is edited, or as `pageId`.
fn id_in(rest: &str) -> Option<&str> {
    let found = ["/pages/edit-v2/", "pageId=", "/pages/"].iter().find_map(|before| rest.split_once(before));
    let (_, after) = found?;
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    after.get(..end).filter(|id| !id.is_empty())
}

/// The host of an address, and what follows it.
fn host_and_rest(address: &str) -> (&str, &str) {
    let address = address.trim();
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare);
    bare.find('/').map_or((bare, ""), |at| bare.split_at(at))
}

/// The page at an address of a known site, or named as a placement is: by the cloudId of its site and its id.
fn page_at(address: &str, sites: &[ChartSite]) -> Result<Placement, &'static str> {
    let (host, rest) = host_and_rest(address);
    if host.is_empty() {
        return Err("Enter the address of the page.");
    }
    let page = |id: String, title: Option<Name>| Placement { kind: PlacementKind::Page, id: Some(id), title };
    let number = rest.trim_start_matches('/');
    if !host.contains('.') && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(page(format!("{host}/{number}"), None));
    }
    let is_at = |site: &&ChartSite| host_and_rest(&site.site.url).0.eq_ignore_ascii_case(host);
    let cloud_id = sites.iter().find(is_at).and_then(|site| site.site.cloud_id.as_deref());
    let cloud_id = cloud_id.ok_or("Causeway knows no site of Atlassian at this address.")?;
    let id =
        id_in(rest).ok_or("This address has no number of a page. Take it from the browser, on the page itself.")?;
    // The words that Confluence puts behind the number are the page's title.
    let words =
        rest.split_once(&format!("/pages/{id}/")).map(|(_, words)| words.split(['?', '#']).next().unwrap_or(""));
    let title = words.filter(|words| !words.contains('%')).and_then(|words| Name::parse(&words.replace('+', " ")).ok());
    Ok(page(format!("{cloud_id}/{id}"), title))
}

/// The address of the page that a placement names, if its site is known.
fn address_of(page: &str, sites: &[ChartSite]) -> String {
    let Some((cloud_id, id)) = page.split_once('/') else { return page.to_owned() };
    let site = sites.iter().find(|site| site.site.cloud_id.as_deref() == Some(cloud_id));
    let url =
        |site: &ChartSite| format!("{}/wiki/pages/viewpage.action?pageId={id}", site.site.url.trim_end_matches('/'));
    site.map_or_else(|| page.to_owned(), url)
}

#[cfg(test)]
mod tests {
    use api::Site;

    use super::*;

    fn sites() -> Vec<ChartSite> {
        let url = "https://one.atlassian.net".to_owned();
        let site = Site { cloud_id: Some("cloud-1".into()), name: "One".into(), url, avatar_url: None, version: None };
        vec![ChartSite { key: "cloud-1".into(), site, connections: vec![], is_authorized: false }]
    }

    fn found(address: &str) -> Result<(Option<String>, Option<String>), &'static str> {
        let page = page_at(address, &sites())?;
        Ok((page.id, page.title.map(|title| title.to_string())))
    }

    #[test]
    fn a_page_is_found_in_every_address_that_confluence_writes() {
        let id = || Some("cloud-1/98765".to_owned());
        for (address, title) in [
            ("https://one.atlassian.net/wiki/spaces/HAR/pages/98765/Our+shipments", Some("Our shipments")),
            (
                " https://ONE.atlassian.net/wiki/spaces/HAR/pages/98765/Our+shipments?focused=1#top ",
                Some("Our shipments"),
            ),
            ("https://one.atlassian.net/wiki/spaces/HAR/pages/98765/%C3%9Cber+uns", None),
            ("https://one.atlassian.net/wiki/spaces/HAR/pages/edit-v2/98765", None),
            ("one.atlassian.net/wiki/spaces/HAR/pages/98765", None),
            ("https://one.atlassian.net/wiki/pages/viewpage.action?pageId=98765", None),
            ("cloud-1/98765", None),
        ] {
            assert_eq!(found(address), Ok((id(), title.map(str::to_owned))), "{address}");
        }
    }

    #[test]
    fn an_address_without_a_page_or_of_an_unknown_site_says_what_is_wrong() {
        for (address, why) in [
            ("", "Enter the address"),
            ("https://two.atlassian.net/wiki/spaces/HAR/pages/98765", "knows no site"),
            ("https://one.atlassian.net/wiki/x/AbC", "no number"),
            ("https://one.atlassian.net.evil.example/wiki/spaces/HAR/pages/98765", "knows no site"),
        ] {
            assert!(found(address).is_err_and(|said| said.contains(why)), "{address}");
        }
    }

    #[test]
    fn the_page_that_somebody_came_from_has_an_address_again() {
        let address = address_of("cloud-1/98765", &sites());
        assert_eq!(found(&address), Ok((Some("cloud-1/98765".to_owned()), None)));
        assert_eq!(address_of("cloud-9/1", &sites()), "cloud-9/1");
    }
}
