//! Viewers: members who let Causeway read a Jira site as them. What they consent to is a grant like any other, which a
//! viewer holds instead of a connection.
//!
//! A consent cannot be given for somebody else: the session that begins it must redeem the ticket, its browser must come
//! back with the cookie, and the session must be there when the grant is saved.

use api::{
    Account, Actor, AuthorizationId, CONSENT_URL, GetMyAccess, GrantId, GrantOfViewer, List, ListViewers, MemberId,
    MyAccess, Nothing, RemoveViewerGrant, RenderAccess, RenderAccessKind, Site, TimelineEvent, Timestamp, Viewer,
    ViewerChange, ViewerGrant, ViewerId, ViewerMember,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    authorization::{Authorization, CallbackPath, ConsentOwner, Stage, ViewerConsent},
    grant::{CloudClient, GrantReport},
    jira::JiraTarget,
    organization::{
        Answers, BegunAuthorization, ChartAccess, Identity, Needs, Refusal, Step, StoredMember, Turn, record, records,
        to_record,
    },
    secrets::Digest,
};

/// The age at which "last used" is written again, in milliseconds: a minute.
const TOUCH: i64 = 60_000;

/// A viewer as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredViewer {
    pub(crate) v: u8,
    pub(crate) id: ViewerId,
    pub(crate) member: MemberId,
}

/// A grant of a viewer as stored. Version 1.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredViewerGrant {
    pub(crate) v: u8,
    pub(crate) grant: GrantId,
    pub(crate) viewer: ViewerId,
    pub(crate) site: Site,
    #[serde(default)]
    pub(crate) account: Option<Account>,
    pub(crate) scopes: Vec<String>,
    pub(crate) authorized_at: Timestamp,
    #[serde(default)]
    pub(crate) last_used_at: Option<Timestamp>,
    /// When the grant ended by itself. It is kept, so that people see why they are asked again.
    #[serde(default)]
    pub(crate) ended: Option<Timestamp>,
    /// Which of Causeway's clients at Atlassian was consented to. Versions before this one did not write it; a grant of
    /// theirs is taken for one of the viewers' own client, which shares its consent with no connection.
    #[serde(default = "viewers_client", skip_serializing_if = "CloudClient::is_viewers")]
    pub(crate) client: CloudClient,
}

const fn viewers_client() -> CloudClient {
    CloudClient::Viewers
}

impl StoredViewerGrant {
    /// How to ask its site with it; `None` if that is no site of Jira Cloud.
    pub(super) fn access(&self) -> Option<ChartAccess> {
        let cloud_id = self.site.cloud_id.clone()?;
        let account = self.account.as_ref().map(|account| account.name.clone());
        Some(ChartAccess {
            connection: None,
            grant: self.grant.clone(),
            target: JiraTarget::Gateway { cloud_id },
            is_cloud: true,
            site_url: self.site.url.clone(),
            shown: RenderAccess { kind: RenderAccessKind::Own, account, connection: None, until: None },
        })
    }

    pub(super) fn view(self) -> ViewerGrant {
        ViewerGrant {
            id: self.grant,
            site: self.site,
            account: self.account,
            scopes: self.scopes,
            authorized_at: self.authorized_at,
            last_used_at: self.last_used_at,
            ended_at: self.ended,
            consent_url: CONSENT_URL.to_owned(),
        }
    }
}

/// How to ask a site with one of these grants; `None` if none is for it, or that has ended.
pub(super) fn access_among(grants: Vec<StoredViewerGrant>, site: &str) -> Option<ChartAccess> {
    let grant = grants.into_iter().find(|grant| grant.site.key() == site && grant.ended.is_none())?;
    grant.access()
}

#[derive(Deserialize)]
struct Summary {
    summary: String,
}

impl Turn<'_> {
    fn viewer_of(&self, member: &MemberId) -> Result<Option<StoredViewer>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM viewers WHERE member = ?", vec![member.as_str().into()])?)
    }

    pub(super) fn grants_of_viewer(&self, viewer: &ViewerId) -> Result<Vec<StoredViewerGrant>, Refusal> {
        let theirs = "SELECT record FROM viewer_grants WHERE viewer = ? ORDER BY site";
        Ok(records(self.sql, theirs, vec![viewer.as_str().into()])?)
    }

    /// What the caller lets Causeway read.
    pub(super) fn own_grants(&self) -> Result<Vec<StoredViewerGrant>, Refusal> {
        match &self.who {
            Identity::Member { member, .. } => self.grants_of_member(&member.id),
            Identity::Key(_) | Identity::Edge => Ok(Vec::new()),
        }
    }

    /// What a member lets Causeway read.
    pub(super) fn grants_of_member(&self, member: &MemberId) -> Result<Vec<StoredViewerGrant>, Refusal> {
        match self.viewer_of(member)? {
            Some(viewer) => self.grants_of_viewer(&viewer.id),
            None => Ok(Vec::new()),
        }
    }

    /// The grant of a viewer, if this is one.
    pub(super) fn viewer_grant(&self, grant: &GrantId) -> Result<Option<StoredViewerGrant>, Refusal> {
        Ok(record(self.sql, "SELECT record FROM viewer_grants WHERE grant_id = ?", vec![grant.as_str().into()])?)
    }

    fn store_viewer_grant(&self, grant: &StoredViewerGrant) -> Result<(), Refusal> {
        let values =
            vec![grant.grant.as_str().into(), grant.viewer.as_str().into(), grant.site.key().into(), to_record(grant)?];
        let upsert = "INSERT OR REPLACE INTO viewer_grants (grant_id, viewer, site, record) VALUES (?, ?, ?, ?)";
        Ok(self.sql.run(upsert, values)?)
    }

    /// How to ask a site as the caller; `None` if the caller has not let Causeway, or that has ended.
    pub(super) fn own_access(&self, site: &str) -> Result<Option<ChartAccess>, Refusal> {
        Ok(access_among(self.own_grants()?, site))
    }

    /// Remembers that a viewer's grant is used, at most once a minute.
    pub(super) fn used_by_viewer(&self, access: &ChartAccess) -> Result<(), Refusal> {
        let Some(mut grant) = self.viewer_grant(&access.grant)? else { return Ok(()) };
        if grant.last_used_at.is_some_and(|at| (0..TOUCH).contains(&self.now.since(at))) {
            return Ok(());
        }
        grant.last_used_at = Some(self.now);
        self.store_viewer_grant(&grant)
    }

    /// Saves the grant of an authorization as the viewer's own, in place of that for the same site before.
    pub(super) fn save_viewer_grant(
        &self,
        authorization: &mut Authorization,
        consent_of: &ViewerConsent,
    ) -> Result<(), Refusal> {
        let session = authorization.session.clone();
        let (consent, site) = authorization.claim(self.now)?;
        let (viewer, name_of_viewer, actor) = match &consent_of.owner {
            ConsentOwner::Member(member) => {
                let still_there = "SELECT digest FROM sessions WHERE digest = ? AND member = ?";
                let session = vec![session.as_str().into(), member.as_str().into()];
                if self.sql.rows::<IgnoredAny>(still_there, session)?.is_empty() {
                    return Err(Refusal::AuthorizationNotReady);
                }
                let viewer = match self.viewer_of(member)? {
                    Some(viewer) => viewer,
                    None => self.new_viewer(member)?,
                };
                let member = self.member(member)?;
                let actor = Actor::Member { name: member.name.clone(), email: member.email.clone() };
                (viewer.id, member.email, actor)
            }
            ConsentOwner::Reader(reader) => {
                let viewer = self.reader_that_consented(reader, consent.account.as_ref())?;
                (viewer.id.clone(), viewer.name(), Actor::Atlassian)
            }
        };
        for before in self.grants_of_viewer(&viewer)?.into_iter().filter(|one| one.site.key() == site.key()) {
            self.delete_viewer_grant(&before.grant)?;
        }
        let name = site.name.clone();
        self.store_viewer_grant(&StoredViewerGrant {
            v: 1,
            grant: consent.grant,
            viewer,
            site,
            account: consent.account,
            scopes: consent.scopes,
            authorized_at: self.now,
            last_used_at: None,
            ended: None,
            client: consent_of.client,
        })?;
        self.record_viewer(name_of_viewer, name, ViewerChange::Authorized, actor)?;
        match &consent_of.owner {
            // With another account it is another access than others were given.
            ConsentOwner::Member(member) => self.settle_delegations_of_member(member),
            ConsentOwner::Reader(_) => Ok(()),
        }
    }

    fn new_viewer(&self, member: &MemberId) -> Result<StoredViewer, Refusal> {
        let viewer = StoredViewer { v: 1, id: self.new_id(), member: member.clone() };
        let values = vec![viewer.id.as_str().into(), member.as_str().into(), to_record(&viewer)?];
        self.sql.run("INSERT INTO viewers (id, member, record) VALUES (?, ?, ?)", values)?;
        Ok(viewer)
    }

    /// Forgets a grant of a viewer; its keeper destroys the tokens.
    pub(super) fn delete_viewer_grant(&self, grant: &GrantId) -> Result<(), Refusal> {
        self.sql.run("DELETE FROM viewer_grants WHERE grant_id = ?", vec![grant.as_str().into()])?;
        self.retire([grant])
    }

    /// Removes a grant of a viewer, and what rests on it.
    pub(super) fn remove_viewer_grant(&self, member: &StoredMember, grant: StoredViewerGrant) -> Result<(), Refusal> {
        self.delete_viewer_grant(&grant.grant)?;
        self.record_viewer(member.email.clone(), grant.site.name, ViewerChange::Removed, self.who.actor())?;
        self.settle_delegations_of_member(&member.id)
    }

    /// The member who is a viewer; `None` if it is a reader.
    pub(super) fn member_of_viewer(&self, viewer: &ViewerId) -> Result<Option<StoredMember>, Refusal> {
        let found: Option<StoredViewer> =
            record(self.sql, "SELECT record FROM viewers WHERE id = ?", vec![viewer.as_str().into()])?;
        found.map(|viewer| self.member(&viewer.member)).transpose()
    }

    /// Destroys everything that a member lets Causeway read, because the member has no access any more.
    pub(super) fn end_viewer(&self, member: &MemberId) -> Result<(), Refusal> {
        let Some(viewer) = self.viewer_of(member)? else { return Ok(()) };
        let member = self.member(member)?;
        for grant in self.grants_of_viewer(&viewer.id)? {
            self.remove_viewer_grant(&member, grant)?;
        }
        Ok(self.sql.run("DELETE FROM viewers WHERE id = ?", vec![viewer.id.as_str().into()])?)
    }

    /// Applies a report about a viewer's grant: only its end matters.
    pub(super) fn apply_report_of_viewer(
        &self,
        mut grant: StoredViewerGrant,
        report: &GrantReport,
    ) -> Result<(), Refusal> {
        let GrantReport::Unauthorized { since, .. } = report else { return Ok(()) };
        if grant.ended.is_some() {
            return Ok(());
        }
        grant.ended = Some(*since);
        self.store_viewer_grant(&grant)?;
        let member = self.member_of_viewer(&grant.viewer)?;
        let name = match (&member, self.reader_with_id(&grant.viewer)?) {
            (Some(member), _) => member.email.clone(),
            (None, Some(reader)) => reader.name(),
            (None, None) => return Ok(()),
        };
        self.record_viewer(name, grant.site.name, ViewerChange::Ended, Actor::Atlassian)?;
        member.map_or(Ok(()), |member| self.settle_delegations_of_member(&member.id))
    }

    /// Records what became of what somebody lets Causeway read: a member, by e-mail address, or a reader, by name.
    pub(super) fn record_viewer(
        &self,
        member: String,
        site: String,
        change: ViewerChange,
        actor: Actor,
    ) -> Result<(), Refusal> {
        self.record_event(None, actor, TimelineEvent::ViewerChanged { member, site, change })
    }

    /// The site that the caller may be asked to consent for: one that they can make charts of, or that of a chart.
    fn site_to_view(&self, key: &str) -> Result<Site, Refusal> {
        match self.chart_site(key) {
            Err(Refusal::NotFound) => {}
            found => return found,
        }
        self.sites_of_charts()?.into_iter().find(|site| site.key() == key).ok_or(Refusal::NotFound)
    }

    /// The site of every chart that is not deleted, one for each chart.
    pub(super) fn sites_of_charts(&self) -> Result<Vec<Site>, Refusal> {
        let charts: Vec<Summary> = self.sql.rows("SELECT summary FROM charts WHERE deleted = 0", vec![])?;
        let site = |Summary { summary }: Summary| Ok(serde_json::from_str::<api::ChartSummary>(&summary)?.site);
        charts.into_iter().map(site).collect()
    }
}

/// Begins a consent of the caller's to look at charts.
#[derive(Serialize, Deserialize)]
pub struct BeginViewerAuthorization {
    /// The id of the authorization.
    pub id: AuthorizationId,
    /// The digest of the ticket that the pop-up redeems.
    pub ticket: Digest,
    /// The key of the site to read.
    pub site: String,
    /// Which of Causeway's clients at Atlassian is consented to.
    pub client: CloudClient,
    /// The path at which the browser comes back from Atlassian.
    pub cloud_callback: CallbackPath,
}

impl Step for BeginViewerAuthorization {
    type Answer = BegunAuthorization;

    fn needs(&self) -> Needs {
        Needs::AnySession
    }

    fn run(self, turn: &Turn<'_>) -> Result<BegunAuthorization, Refusal> {
        let Identity::Member { member, .. } = &turn.who else { return Err(Refusal::Forbidden) };
        let site = turn.site_to_view(&self.site)?;
        if site.cloud_id.is_none() {
            let why = "Only sites of Jira Cloud can be looked at with one's own access. Choose a connection.";
            return Err(Refusal::Invalid(why.to_owned()));
        }
        let mut authorization =
            turn.begin(self.id, &self.ticket, None, (Stage::Ticketed, None, self.cloud_callback))?;
        authorization.viewer =
            Some(ViewerConsent { owner: ConsentOwner::Member(member.id.clone()), site, client: self.client });
        turn.store_authorization(&authorization)?;
        Ok(BegunAuthorization { expires_at: authorization.expires_at(), credential: None })
    }
}

/// Lists viewers by e-mail address.
impl Answers for ListViewers {
    type Outcome = List<Viewer>;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::Administrator
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<List<Viewer>, Refusal> {
        let mut items = Vec::new();
        for viewer in records::<StoredViewer>(turn.sql, "SELECT record FROM viewers ORDER BY id", vec![])? {
            let member = turn.member(&viewer.member)?;
            let member = Some(ViewerMember { id: member.id, email: member.email, name: member.name });
            let grants = turn.grants_of_viewer(&viewer.id)?.into_iter().map(StoredViewerGrant::view).collect();
            items.push(Viewer { id: viewer.id, member, grants });
        }
        for reader in turn.readers()? {
            let grants = turn.grants_of_viewer(&reader.id)?.into_iter().map(StoredViewerGrant::view).collect();
            items.push(Viewer { id: reader.id, member: None, grants });
        }
        items.retain(|viewer: &Viewer| !viewer.grants.is_empty());
        items.sort_by_key(Viewer::sort_key);
        Ok(List { items, next_cursor: None })
    }
}

/// Lists what the caller lets Causeway read.
impl Answers for GetMyAccess {
    type Outcome = MyAccess;

    fn needs((): &(), _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer((): (), _: Nothing, turn: &Turn<'_>) -> Result<MyAccess, Refusal> {
        let grants = turn.own_grants()?;
        let viewer = grants.first().map(|grant| grant.viewer.clone());
        Ok(MyAccess { viewer, grants: grants.into_iter().map(StoredViewerGrant::view).collect() })
    }
}

/// Removes a grant of a viewer.
impl Answers for RemoveViewerGrant {
    /// The grant that must be destroyed now.
    type Outcome = GrantId;

    fn needs(_: &GrantOfViewer, _: &Nothing) -> Needs {
        Needs::AnySession
    }

    fn answer(params: GrantOfViewer, _: Nothing, turn: &Turn<'_>) -> Result<GrantId, Refusal> {
        let viewer: Option<StoredViewer> =
            record(turn.sql, "SELECT record FROM viewers WHERE id = ?", vec![params.id.as_str().into()])?;
        let is_own =
            |viewer: &StoredViewer| matches!(&turn.who, Identity::Member { member, .. } if member.id == viewer.member);
        if !viewer.as_ref().is_some_and(is_own) && !turn.who.is_administrator() {
            return Err(Refusal::NotFound);
        }
        let member = viewer.map(|viewer| viewer.member);
        let name = match &member {
            Some(member) => turn.member(member)?.email,
            None => turn.reader_with_id(&params.id)?.ok_or(Refusal::NotFound)?.name(),
        };
        let grant = turn.viewer_grant(&params.grant)?.filter(|grant| grant.viewer == params.id);
        let grant = grant.ok_or(Refusal::NotFound)?;
        turn.delete_viewer_grant(&grant.grant)?;
        turn.record_viewer(name, grant.site.name, ViewerChange::Removed, turn.who.actor())?;
        if let Some(member) = member {
            turn.settle_delegations_of_member(&member)?;
        }
        Ok(grant.grant)
    }
}
