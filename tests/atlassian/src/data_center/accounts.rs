//! Accounts with passwords, the count of failed sign-ins, and the CAPTCHA after too many of them. Pure functions.

use serde::{Deserialize, Serialize};

use crate::people::Person;

/// Somebody's account at one instance. The user name is the person's slug.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) person: Person,
    pub(crate) password: String,
    pub(crate) active: bool,
    /// Failed sign-ins since the last good one.
    pub(crate) failures: u32,
}

/// The result of a sign-in with user name and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    Is(Person),
    Failed,
    /// A CAPTCHA is required first, whatever the password.
    Challenged,
}

/// All accounts of an instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Accounts(Vec<Account>);

impl Accounts {
    /// One for each, with a password that is for development only.
    pub(crate) fn of(people: &[Person]) -> Self {
        let password = |person: Person| format!("development-only-{}", person.slug());
        let account =
            |person: &Person| Account { person: *person, password: password(*person), active: true, failures: 0 };
        Self(people.iter().map(account).collect())
    }

    pub(crate) fn all(&self) -> &[Account] {
        &self.0
    }

    pub(crate) fn of_person(&mut self, person: Person) -> Option<&mut Account> {
        self.0.iter_mut().find(|account| account.person == person)
    }

    /// Whether somebody has an account that is active.
    pub(crate) fn is_active(&self, person: Person) -> bool {
        self.0.iter().any(|account| account.person == person && account.active)
    }

    /// Whose password this is, if the count of failures does not change. Most calls are like this, and write no state.
    pub(crate) fn known(&self, name: &str, password: &str) -> Option<Person> {
        let right = |account: &&Account| {
            account.active && account.failures == 0 && account.password == password && account.is_named(name)
        };
        self.0.iter().find(right).map(|account| account.person)
    }

    /// A password at the REST API. After `captcha_after` failures the right one is refused, too.
    pub(crate) fn sign_in(&mut self, name: &str, password: &str, captcha_after: Option<u32>) -> SignIn {
        match self.named(name) {
            None => SignIn::Failed,
            Some(account) if account.is_challenged(captcha_after) => SignIn::Challenged,
            Some(account) => account.try_password(password),
        }
    }

    /// A password typed on the log-in page, where the CAPTCHA can be solved.
    pub(crate) fn log_in(&mut self, name: &str, password: &str, solved: bool, captcha_after: Option<u32>) -> SignIn {
        match self.named(name) {
            None => SignIn::Failed,
            Some(account) if account.is_challenged(captcha_after) && !solved => SignIn::Challenged,
            Some(account) => account.try_password(password),
        }
    }

    fn named(&mut self, name: &str) -> Option<&mut Account> {
        self.0.iter_mut().find(|account| account.is_named(name))
    }
}

impl Account {
    pub(crate) fn is_challenged(&self, captcha_after: Option<u32>) -> bool {
        captcha_after.is_some_and(|limit| self.failures >= limit)
    }

    fn is_named(&self, name: &str) -> bool {
        self.person.slug().eq_ignore_ascii_case(name)
    }

    fn try_password(&mut self, password: &str) -> SignIn {
        if self.active && self.password == password {
            self.failures = 0;
            SignIn::Is(self.person)
        } else {
            self.failures += 1;
            SignIn::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "development-only-ada";

    #[test]
    fn after_three_failures_not_even_the_right_password_helps_until_the_captcha_is_solved() {
        let mut accounts = Accounts::of(&[Person::Ada]);
        for _ in 0..3 {
            assert_eq!(accounts.sign_in("ada", "wrong", Some(3)), SignIn::Failed);
        }
        assert_eq!(accounts.sign_in("ada", RIGHT, Some(3)), SignIn::Challenged);
        assert_eq!(accounts.log_in("ada", RIGHT, false, Some(3)), SignIn::Challenged);
        assert_eq!(accounts.log_in("ada", RIGHT, true, Some(3)), SignIn::Is(Person::Ada));
        assert_eq!(accounts.sign_in("ada", RIGHT, Some(3)), SignIn::Is(Person::Ada));
    }

    #[test]
    fn a_good_sign_in_forgets_the_failures_before_it() {
        let mut accounts = Accounts::of(&[Person::Ada]);
        for _ in 0..4 {
            accounts.sign_in("ada", "wrong", Some(3));
            accounts.sign_in("ada", "wrong", Some(3));
            assert_eq!(accounts.known("ada", RIGHT), None);
            assert_eq!(accounts.sign_in("ada", RIGHT, Some(3)), SignIn::Is(Person::Ada));
            assert_eq!(accounts.known("Ada", RIGHT), Some(Person::Ada));
        }
    }

    #[test]
    fn nobody_signs_in_to_an_account_that_is_not_active() {
        let mut accounts = Accounts::of(&[Person::Ada]);
        accounts.of_person(Person::Ada).unwrap().active = false;
        assert_eq!(accounts.sign_in("ada", RIGHT, None), SignIn::Failed);
        assert!(!accounts.is_active(Person::Ada));
    }
}
