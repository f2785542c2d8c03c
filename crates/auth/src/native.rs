//! Accounts of our own: a name, a password, and perhaps one-time codes.

use std::sync::Arc;

use async_trait::async_trait;
use perijove_model::{Clock, Secret, UserName};

use crate::password::{self, Passwords};
use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Offer, Rules, totp};

/// What is kept of somebody.
#[derive(Debug, Clone)]
pub struct Account {
    pub id: i64,
    pub hash: String,
    /// Somebody let them in, or the door was open: no rule of `[access]` need name them.
    pub approved: bool,
    /// One-time codes are asked for, by this secret.
    pub totp: Option<Secret>,
}

/// Where accounts are kept. The hub gives its database.
#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    async fn find(&self, name: &UserName) -> Result<Option<Account>, AuthError>;

    /// What a password is held against where there is no account: as costly as that of an account of this name would be.
    async fn decoy(&self, _name: &str) -> Result<Option<String>, AuthError> {
        Ok(None)
    }

    /// The same password by today's hash; nothing if it was changed meanwhile.
    async fn rehash(&self, id: i64, old: &str, new: &str) -> Result<(), AuthError>;

    /// `false` if a code of this step, or of a later one, was used already.
    async fn use_step(&self, id: i64, step: i64) -> Result<bool, AuthError>;

    /// `false` if there is none, or it was used already.
    async fn use_recovery_code(&self, id: i64, code: &str) -> Result<bool, AuthError>;
}

pub struct Native {
    accounts: Arc<dyn Accounts>,
    passwords: Passwords,
    clock: Arc<dyn Clock>,
    rules: Rules,
    /// The form has a field for the code from the beginning.
    asks_for_code: bool,
}

impl Native {
    #[must_use]
    pub fn new(accounts: Arc<dyn Accounts>, passwords: Passwords, clock: Arc<dyn Clock>, rules: Rules) -> Self {
        Self {
            accounts,
            passwords,
            clock,
            rules,
            asks_for_code: false,
        }
    }

    #[must_use]
    pub fn asking_for_code(mut self, asks: bool) -> Self {
        self.asks_for_code = asks;
        self
    }

    /// Whether the code holds. Each holds once.
    async fn code_holds(&self, id: i64, secret: &Secret, typed: &str) -> Result<bool, AuthError> {
        if let Some(step) = totp::step_of(secret, typed, self.clock.now()) {
            return self.accounts.use_step(id, step).await;
        }
        match totp::as_recovery_code(typed) {
            Some(code) => self.accounts.use_recovery_code(id, &code).await,
            None => Ok(false),
        }
    }
}

#[async_trait]
impl Authenticator for Native {
    fn kind(&self) -> &'static str {
        "native"
    }

    fn offer(&self) -> Offer {
        Offer::Form {
            code: self.asks_for_code,
        }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let account = match UserName::normalise(&credentials.username) {
            Ok(name) => self.accounts.find(&name).await?,
            Err(_) => None,
        };
        let Some(account) = account else {
            // Without an account the work is done all the same, so that the time tells nothing.
            let decoy = self.accounts.decoy(&credentials.username).await?;
            self.passwords.verify(credentials.password.clone(), decoy).await?;
            return Ok(Answer::Unknown);
        };
        let (password, hash) = (&credentials.password, account.hash);
        if !self.passwords.verify(password.clone(), Some(hash.clone())).await? {
            return Ok(Answer::Unknown);
        }
        if let Some(secret) = &account.totp {
            let Some(code) = &credentials.code else {
                return Ok(Answer::CodeWanted);
            };
            if !self.code_holds(account.id, secret, code.expose()).await? {
                return Ok(Answer::CodeRefused);
            }
        }
        if password::is_old(&hash) {
            let new = self.passwords.hash(password.clone()).await?;
            self.accounts.rehash(account.id, &hash, &new).await?;
        }
        Ok(Answer::from(Identity {
            name: credentials.username.clone(),
            allowed: account.approved,
            ..Identity::default()
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    use jiff::SignedDuration;
    use perijove_model::{MockClock, SeededRng};

    use super::*;

    #[derive(Default)]
    struct Book {
        accounts: Mutex<HashMap<String, Account>>,
        last_step: Mutex<i64>,
        recovery: Mutex<Vec<String>>,
    }

    impl Book {
        fn of(name: &str, hash: &str, totp: Option<Secret>) -> Arc<Self> {
            let account = Account {
                id: 1,
                hash: hash.to_owned(),
                approved: false,
                totp,
            };
            let book = Self::default();
            lock(&book.accounts).insert(name.to_owned(), account);
            Arc::new(book)
        }
    }

    fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[async_trait]
    impl Accounts for Book {
        async fn find(&self, name: &UserName) -> Result<Option<Account>, AuthError> {
            Ok(lock(&self.accounts).get(name.as_str()).cloned())
        }

        async fn rehash(&self, _: i64, old: &str, new: &str) -> Result<(), AuthError> {
            for account in lock(&self.accounts).values_mut().filter(|account| account.hash == old) {
                account.hash = new.to_owned();
            }
            Ok(())
        }

        async fn use_step(&self, _: i64, step: i64) -> Result<bool, AuthError> {
            let mut last = lock(&self.last_step);
            let fresh = *last < step;
            *last = step.max(*last);
            Ok(fresh)
        }

        async fn use_recovery_code(&self, _: i64, code: &str) -> Result<bool, AuthError> {
            let mut codes = lock(&self.recovery);
            let before = codes.len();
            codes.retain(|left| left != code);
            Ok(codes.len() < before)
        }
    }

    struct World {
        native: Native,
        book: Arc<Book>,
        clock: Arc<MockClock>,
    }

    fn world(book: Arc<Book>) -> World {
        let clock = Arc::new(MockClock::default());
        let passwords = Passwords::new(Arc::new(SeededRng::new(3)));
        let accounts = Arc::clone(&book);
        World {
            native: Native::new(accounts, passwords, clock.clone(), Rules::default()),
            book,
            clock,
        }
    }

    async fn ask(world: &World, name: &str, password: &str, code: Option<&str>) -> Answer {
        let given = Credentials {
            username: name.into(),
            password: Secret::new(password),
            code: code.map(Secret::new),
        };
        world.native.check(&given).await.unwrap()
    }

    fn is_known(answer: &Answer) -> bool {
        matches!(answer, Answer::Known(_))
    }

    async fn hashed(password: &str) -> String {
        let passwords = Passwords::new(Arc::new(SeededRng::new(3)));
        passwords.hash(Secret::new(password)).await.unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_name() {
        let hash = hashed("correct horse").await;
        assert!(hash.starts_with("$argon2id$"));
        let world = world(Book::of("ann", &hash, None));
        let check = async |name: &str, password: &str| is_known(&ask(&world, name, password, None).await);
        assert!(check("ann", "correct horse").await);
        assert!(check("ANN", "correct horse").await);
        assert!(!check("ann", "wrong").await);
        assert!(!check("ann", &"x".repeat(100_000)).await);
        assert!(!check("bob", "correct horse").await);
        assert!(!check("..", "correct horse").await);
    }

    /// Passwords of 73 bytes and more were a fault of NativeAuthenticator's.
    #[tokio::test]
    async fn an_old_hash_is_replaced_at_the_next_sign_in() {
        let old = bcrypt::hash("y".repeat(72), 4).unwrap();
        let world = world(Book::of("ann", &old, None));
        assert!(
            !is_known(&ask(&world, "ann", &old, None).await),
            "the hash is no password"
        );
        assert!(!is_known(&ask(&world, "ann", "wrong", None).await));
        let long = "y".repeat(73);
        assert!(is_known(&ask(&world, "ann", &long, None).await));
        let new = lock(&world.book.accounts)["ann"].hash.clone();
        assert!(new.starts_with("$argon2id$"), "{new}");
        assert!(is_known(&ask(&world, "ann", &long, None).await));
        assert!(
            !is_known(&ask(&world, "ann", &"y".repeat(72), None).await),
            "now all of it counts"
        );
    }

    #[tokio::test]
    async fn a_code_is_asked_for_and_holds_once() {
        let secret = totp::new_secret(&SeededRng::new(9));
        let world = world(Book::of("ann", &hashed("correct horse").await, Some(secret.clone())));
        let right = "correct horse";
        assert_eq!(ask(&world, "ann", right, None).await, Answer::CodeWanted);
        assert_eq!(
            ask(&world, "ann", "wrong", None).await,
            Answer::Unknown,
            "not for others"
        );
        assert_eq!(ask(&world, "ann", right, Some("000000")).await, Answer::CodeRefused);
        let code = totp::code_at(&secret, world.clock.now()).unwrap();
        assert_eq!(ask(&world, "ann", "wrong", Some(&code)).await, Answer::Unknown);
        assert!(is_known(&ask(&world, "ann", right, Some(&code)).await));
        assert_eq!(
            ask(&world, "ann", right, Some(&code)).await,
            Answer::CodeRefused,
            "a second time"
        );
        world.clock.advance(SignedDuration::from_secs(30));
        assert_eq!(
            ask(&world, "ann", right, Some(&code)).await,
            Answer::CodeRefused,
            "nor in the next step"
        );
        let next = totp::code_at(&secret, world.clock.now()).unwrap();
        assert!(is_known(&ask(&world, "ann", right, Some(&next)).await));
    }

    /// NativeAuthenticator answers at once where there is no such account. Where nothing can be hashed there is no answer at
    /// all, for neither: so for both the work is done.
    #[tokio::test]
    async fn defect_h_an_unknown_name_costs_what_a_known_one_does() {
        let book = Book::of("ann", &hashed("correct horse").await, None);
        let clock = Arc::new(MockClock::default());
        let busy = Passwords::new(Arc::new(SeededRng::new(3))).that_are_busy();
        let native = Native::new(book, busy, clock, Rules::default());
        for name in ["ann", "bob", "..", ""] {
            let given = Credentials {
                username: name.into(),
                password: Secret::new("correct horse"),
                code: None,
            };
            assert!(native.check(&given).await.is_err(), "{name}");
        }
    }

    #[tokio::test]
    async fn a_recovery_code_holds_once() {
        let secret = totp::new_secret(&SeededRng::new(9));
        let world = world(Book::of("ann", &hashed("correct horse").await, Some(secret)));
        *lock(&world.book.recovery) = vec!["abcdefgh23456777".into()];
        let typed = Some("ABCD-EFGH-2345-6777");
        assert!(is_known(&ask(&world, "ann", "correct horse", typed).await));
        assert_eq!(ask(&world, "ann", "correct horse", typed).await, Answer::CodeRefused);
    }
}
