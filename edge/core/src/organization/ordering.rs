//! The orders of the list of connections, and the columns that it is sorted by.
//!
//! A caller must not learn from an order what is not shown to them. So what only some callers see of a connection, such
//! as its account, counts as missing for those who do not see it.

use api::{Cause, Connection, ConnectionSort as Sort, Horizon, NeedAction, Timestamp};

use crate::{
    folding::folded,
    organization::{Identity, Value, permissions::Visibility},
};

/// The most characters of a text that connections are sorted by. What is alike until there is sorted by name.
const SORTED: usize = 60;

/// The states in the order of the filters.
const STATE: &str =
    "CASE state WHEN 'authorized' THEN 0 WHEN 'interrupted' THEN 1 WHEN 'unauthorized' THEN 2 ELSE 3 END";

/// The columns of a connection that only its place in the list needs, and their values.
pub(super) fn columns(shown: &Connection) -> [(&'static str, Value); 4] {
    let key =
        |text: Option<&str>| Value::from(folded(text.unwrap_or_default()).chars().take(SORTED).collect::<String>());
    [
        ("kind_key", key(Some(shown.kind_title()))),
        ("site_key", key(shown.site.as_ref().map(|site| site.name.as_str()))),
        ("account_key", key(shown.account.as_ref().map(|account| account.name.as_str()))),
        ("ends_at", shown.reauthorize_before.map_or(Value::Null, |at| at.as_millis().into())),
    ]
}

/// An expression of SQL, with the values of its parameters.
#[derive(Clone)]
pub(super) struct Expression {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Expression {
    fn plain(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }

    /// An expression around others: each `{}` of `template` is the next of `parts`.
    fn of(template: &str, parts: &[&Self]) -> Self {
        let mut pieces = template.split("{}");
        let mut whole = Self::plain(pieces.next().unwrap_or_default());
        for (part, piece) in parts.iter().zip(pieces) {
            whole.sql.push_str(&part.sql);
            whole.sql.push_str(piece);
            whole.values.extend(part.values.iter().cloned());
        }
        whole
    }
}

/// What a list is ordered by: terms of SQL, the last of which no two rows share. No term is ever null.
pub(super) struct Order {
    pub(super) terms: Vec<Term>,
}

/// A term of an order.
pub(super) struct Term {
    pub(super) value: Expression,
    pub(super) descending: bool,
}

impl Order {
    pub(super) fn of(sort: Sort, who: &Identity, now: Timestamp) -> Self {
        let own = Own { who, now };
        let (terms, descending) = match sort {
            Sort::Name => return Self::uniform("sort_key", false),
            Sort::NameDescending => return Self::uniform("sort_key", true),
            Sort::LastActivity => return Self::uniform("last_activity", false),
            Sort::LastActivityDescending => return Self::uniform("last_activity", true),
            Sort::Attention => (vec![own.rank(), own.nearness()], false),
            Sort::Status => (vec![Expression::plain(STATE)], false),
            Sort::StatusDescending => (vec![Expression::plain(STATE)], true),
            Sort::Kind => (vec![Expression::plain("kind_key")], false),
            Sort::KindDescending => (vec![Expression::plain("kind_key")], true),
            Sort::Site => (missing_last("''", &Expression::plain("site_key")), false),
            Sort::SiteDescending => (missing_last("''", &Expression::plain("site_key")), true),
            Sort::Account => (missing_last("''", &own.seen("account_key", "''")), false),
            Sort::AccountDescending => (missing_last("''", &own.seen("account_key", "''")), true),
            Sort::Workspaces => (missing_last("''", &own.first_workspace()), false),
            Sort::WorkspacesDescending => (missing_last("''", &own.first_workspace()), true),
            Sort::Projects => (vec![own.projects()], false),
            Sort::ProjectsDescending => (vec![own.projects()], true),
            Sort::ReauthorizeBefore => (missing_last("0", &own.end()), false),
            Sort::ReauthorizeBeforeDescending => (missing_last("0", &own.end()), true),
        };
        let main = terms.len().saturating_sub(1);
        let turned = |(at, value)| Term { value, descending: descending && at == main };
        let mut terms: Vec<Term> = terms.into_iter().enumerate().map(turned).collect();
        terms.extend(Self::uniform("sort_key", false).terms);
        Self { terms }
    }

    /// By one column and then by id, in one direction: read from an index.
    fn uniform(column: &str, descending: bool) -> Self {
        let term = |sql| Term { value: Expression::plain(sql), descending };
        Self { terms: vec![term(column), term("id")] }
    }
}

/// The terms by which rows without a value come last in either direction.
fn missing_last(missing: &str, value: &Expression) -> Vec<Expression> {
    vec![Expression::of(&format!("({{}} = {missing})"), &[value]), value.clone()]
}

/// The condition for the connections whose credential ends within 30 days, as far as the caller sees that.
pub(super) fn ends_soon(who: &Identity, now: Timestamp) -> Expression {
    Own { who, now }.ends_within(Horizon::WARNS)
}

/// The expressions that depend on the caller and the time.
struct Own<'a> {
    who: &'a Identity,
    now: Timestamp,
}

impl Own<'_> {
    /// A value of a connection, or `missing` where the caller does not see it.
    fn seen(&self, value: &str, missing: &str) -> Expression {
        let always = format!("coalesce({value}, {missing})");
        match self.sees_details() {
            None => Expression::plain(&always),
            Some(condition) => {
                Expression::of(&format!("CASE WHEN {{}} THEN {always} ELSE {missing} END"), &[&condition])
            }
        }
    }

    /// The condition for the connections whose details the caller sees; `None` for whoever sees those of all.
    fn sees_details(&self) -> Option<Expression> {
        match self.who.visibility() {
            Visibility::Everything | Visibility::OfKey(_) => None,
            Visibility::Nothing => Some(Expression::plain("0 = 1")),
            Visibility::OfMember(member) => Some(Expression {
                sql: "(connections.id IN (SELECT connection FROM connection_admins WHERE member = ?) OR connections.id IN \
                    (SELECT a.connection FROM access AS a JOIN memberships AS m USING (workspace) \
                    WHERE m.member = ? AND m.issue_tracking <> 0))"
                    .to_owned(),
                values: vec![member.into(), member.into()],
            }),
        }
    }

    /// The condition that limits rows with a workspace to those of the caller.
    fn of_own_workspaces(&self) -> Expression {
        match self.who.visibility() {
            Visibility::Everything | Visibility::OfKey(_) => Expression::plain("1 = 1"),
            Visibility::Nothing => Expression::plain("0 = 1"),
            Visibility::OfMember(member) => Expression {
                sql: "workspace IN (SELECT workspace FROM memberships WHERE member = ?)".to_owned(),
                values: vec![member.into()],
            },
        }
    }

    fn first_workspace(&self) -> Expression {
        let first = "coalesce((SELECT min(w.name_key) FROM access AS a JOIN workspaces AS w ON w.id = a.workspace \
            WHERE a.connection = connections.id AND {}), '')";
        Expression::of(first, &[&self.of_own_workspaces()])
    }

    fn projects(&self) -> Expression {
        let count = "(SELECT count(*) FROM projects WHERE projects.connection = connections.id AND {})";
        Expression::of(count, &[&self.of_own_workspaces()])
    }

    /// When the credential ends; 0 if that is not known.
    fn end(&self) -> Expression {
        self.seen("ends_at", "0")
    }

    fn ends_within(&self, millis: i64) -> Expression {
        let until = Expression { sql: "?".to_owned(), values: vec![self.now.plus_millis(millis).as_millis().into()] };
        let ends = Expression::of("(horizon IS NOT NULL AND horizon <= {})", &[&until]);
        self.sees_details().map_or_else(|| ends.clone(), |sees| Expression::of("({} AND {})", &[&ends, &sees]))
    }

    /// How urgent a connection is, worst first: no credential, calls that fail until somebody does something, a
    /// credential that ends within a week, calls that fail for a while, scopes that are missing, a credential that ends
    /// within a month. Then what was never authorized or is unauthorized on purpose, what works, what is deactivated.
    fn rank(&self) -> Expression {
        let by_itself = Cause::ALL.iter().filter(|cause| NeedAction::ending(**cause).is_none());
        let by_itself = by_itself.map(|cause| format!("'{}'", cause.as_str())).collect::<Vec<_>>().join(", ");
        let passes = self.seen(&format!("failing IN ({by_itself})"), "0");
        let lacks_scopes = self.seen("failing IS NOT NULL", "0");
        let parts = [&passes, &self.ends_within(Horizon::PRESSES), &lacks_scopes, &self.ends_within(Horizon::WARNS)];
        let rank = "CASE WHEN state = 'unauthorized' AND failing IS NOT NULL THEN 0 \
            WHEN state = 'interrupted' AND NOT {} THEN 1 WHEN {} THEN 2 WHEN state = 'interrupted' THEN 3 WHEN {} THEN 4 \
            WHEN {} THEN 5 WHEN state = 'unauthorized' THEN 6 WHEN state = 'deactivated' THEN 8 ELSE 7 END";
        Expression::of(rank, &parts)
    }

    /// When a credential ends that ends soon, so that the next to end comes first; 0 for the others.
    fn nearness(&self) -> Expression {
        let soon = self.ends_within(Horizon::WARNS);
        Expression::of("CASE WHEN state = 'authorized' AND {} THEN horizon ELSE 0 END", &[&soon])
    }
}
