//! The Jira of `jira.py`, in a process of its own, and our world around it.

use std::{
    cell::{Cell, RefCell},
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use api::Timestamp;
use edge_core::{
    fakes::{FakeClock, NativeRsa, SeededRandom},
    oauth1::{ConsumerKey, KeyPair, PrivateKey, PublicKey, RequestToken, Rsa, RsaFailure},
    ports::{Clock, Http, HttpFailure, HttpLimits, Random},
};
use http::{Request, Response};
use serde_json::{Value, json};

const HOW: &str = "CAUSEWAY_OAUTHLIB is not set: this test needs PyPI's oauthlib. Run `make native-tests`, which installs it, \
                   or CAUSEWAY_OAUTHLIB=\"$(make -s oauthlib)\" cargo test -p edge-core --features fakes --test oauthlib";

/// A call as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedCall {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) authorization: String,
}

/// What Jira makes of a call, and which of its checks it did not pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) status: u64,
    pub(crate) faults: Vec<String>,
}

/// What a person's *Allow* leads to.
pub(crate) struct Approval {
    pub(crate) callback: String,
    pub(crate) query: String,
}

/// A running Jira, and the ports of whoever calls it. It ends with its input.
pub(crate) struct Jira {
    pub(crate) rsa: NativeRsa,
    clock: FakeClock,
    random: SeededRandom,
    process: RefCell<Process>,
    holds: Cell<bool>,
    held: RefCell<Option<SignedCall>>,
}

struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.input = None;
        self.child.wait().expect("Jira ends with its input");
    }
}

impl Jira {
    pub(crate) fn start() -> Self {
        let oauthlib = env::var_os("CAUSEWAY_OAUTHLIB").expect(HOW);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oauthlib/jira.py");
        let mut child = Command::new("python3")
            .args(["-B", script])
            .env("PYTHONPATH", oauthlib)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is on the PATH");
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("an output")));
        let jira = Self {
            rsa: NativeRsa::default(),
            clock: FakeClock::default(),
            random: SeededRandom::new(7),
            process: RefCell::new(Process { child, input, output }),
            holds: Cell::new(false),
            held: RefCell::new(None),
        };
        jira.move_jiras_clock(0);
        jira
    }

    fn ask(&self, asked: &Value) -> Value {
        let mut process = self.process.borrow_mut();
        let mut line = String::new();
        writeln!(process.input.as_mut().expect("an input"), "{asked}").expect("Jira listens");
        process.output.read_line(&mut line).expect("Jira answers");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("Jira gave up; its reason stands above. Asked: {asked}"))
    }

    /// Jira's clock goes so many seconds ahead of ours.
    pub(crate) fn move_jiras_clock(&self, ahead: i64) {
        self.ask(&json!({ "do": "clock", "seconds": self.now().as_millis() / 1000 + ahead }));
    }

    pub(crate) fn link(&self, consumer_key: &ConsumerKey, public_key: &PublicKey) {
        self.ask(&json!({ "do": "link", "consumer_key": consumer_key.as_str(), "public_key": public_key.to_pem() }));
    }

    pub(crate) fn approve(&self, token: &RequestToken) -> Approval {
        let told = self.ask(&json!({ "do": "approve", "token": token.expose() }));
        let text = |name: &str| told[name].as_str().expect("a text").to_owned();
        Approval { callback: text("callback"), query: text("query") }
    }

    pub(crate) fn base_string(&self, method: &str, url: &str, form: Option<&str>, protocol: &[(&str, &str)]) -> String {
        let asked = json!({ "do": "base_string", "method": method, "url": url, "form": form, "protocol": protocol });
        self.ask(&asked)["base_string"].as_str().expect("a base string").to_owned()
    }

    fn answer(&self, call: &SignedCall) -> Value {
        let headers = json!({ "Authorization": call.authorization });
        self.ask(&json!({ "do": "call", "method": call.method, "url": call.url, "headers": headers }))
    }

    pub(crate) fn judge(&self, call: &SignedCall) -> Verdict {
        let told = self.answer(call);
        let faults = told["faults"].as_array().expect("a list").iter();
        Verdict {
            status: told["status"].as_u64().expect("a status"),
            faults: faults.map(|name| name.as_str().expect("a name").to_owned()).collect(),
        }
    }

    /// The call that `work` makes, which does not reach Jira.
    pub(crate) fn hold(&self, work: impl FnOnce()) -> SignedCall {
        self.holds.set(true);
        work();
        self.holds.set(false);
        self.held.take().expect("a call")
    }
}

impl Http for Jira {
    async fn exchange(&self, request: Request<Vec<u8>>, _: HttpLimits) -> Result<Response<Vec<u8>>, HttpFailure> {
        let authorization = request.headers()["authorization"].to_str().expect("text").to_owned();
        let call = SignedCall { method: request.method().to_string(), url: request.uri().to_string(), authorization };
        if self.holds.get() {
            *self.held.borrow_mut() = Some(call);
            return Err(HttpFailure::Timeout);
        }
        let told = self.answer(&call);
        let status = u16::try_from(told["status"].as_u64().expect("a status")).expect("a status");
        let body = told["body"].as_str().expect("a text").as_bytes().to_vec();
        Ok(Response::builder().status(status).body(body).expect("an answer"))
    }
}

impl Clock for Jira {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Random for Jira {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Rsa for Jira {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        self.rsa.generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        self.rsa.sign_sha1(private_key, message).await
    }
}
