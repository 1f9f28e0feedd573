//! Each port over the [`World`].

use super::*;

impl Clock for Ports {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

impl Timer for Ports {
    async fn sleep(&self, pause: Duration) {
        self.clock.sleep(pause).await;
    }
}

impl Random for Ports {
    fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }
}

impl Log for Ports {
    fn log(&self, level: Level, event: &'static str, details: &[(&'static str, &str)]) {
        self.log.log(level, event, details);
    }
}

impl Spawner for Ports {
    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.spawner.spawn_local(work).expect("the pool is open");
    }
}

impl AccessSource for Ports {
    async fn access(&self, key: &PresentedKey, connection: &ConnectionReference) -> Result<AccessAnswer, PortFailure> {
        assert_eq!(key.digest, Digest::of(KEY));
        self.asked_about.replace(Some(connection.clone()));
        self.organization_asked.borrow_mut().push(self.now());
        let answer = if self.is_revoked() { Some(Ok(Access::KeyRefused)) } else { self.organization.borrow().clone() };
        let (ends_at, epoch) = (self.key_ends_at.get(), Some(self.epoch()));
        self.sleep(self.organization_takes.get()).await;
        match answer {
            Some(answer) => answer.map(|access| AccessAnswer { access, ends_at, epoch }),
            None => pending().await,
        }
    }

    async fn access_changes(&self, _: &OrganizationId, since: Epoch) -> Result<AccessChanges, PortFailure> {
        self.changes_asked.borrow_mut().push(self.now());
        let (answer, epoch) = (self.organization.borrow().clone(), self.epoch());
        let changes = if since == epoch {
            Some(Vec::new())
        } else if self.is_revoked() {
            Some(vec![AccessChange::Key(Digest::of(KEY))])
        } else {
            self.changes.borrow().clone()
        };
        self.sleep(self.organization_takes.get()).await;
        match answer {
            Some(answer) => answer.map(|_| AccessChanges { epoch, changes }),
            None => pending().await,
        }
    }
}

impl Ports {
    fn is_revoked(&self) -> bool {
        self.revoked_at.get().is_some_and(|at| at <= self.now())
    }

    fn epoch(&self) -> Epoch {
        Epoch(self.access_epoch.get() + i64::from(self.is_revoked()))
    }
}

impl CheckupRequester for Ports {
    async fn request_checkup(&self, _: &OrganizationId, connection: &ConnectionId) -> Result<(), PortFailure> {
        self.checkups_wanted.borrow_mut().push(connection.clone());
        Ok(())
    }
}

impl CallRecorder for Ports {
    async fn record_calls(&self, _: &OrganizationId, calls: &RecordCalls) -> Result<(), PortFailure> {
        if self.calls_are_lost.get() {
            return Err(PortFailure("down".to_owned()));
        }
        self.recorded.borrow_mut().push(calls.clone());
        Ok(())
    }
}

impl KeyRotation for Ports {
    async fn switch_key(&self, _: &OrganizationId, _: &ConnectionId) -> Result<(), PortFailure> {
        self.keys_sought.set(self.keys_sought.get() + 1);
        match self.next_key.take() {
            Some(access) => {
                *self.organization.borrow_mut() = Some(Ok(access));
                self.access_epoch.set(self.access_epoch.get() + 1);
                self.changes.replace(None);
                Ok(())
            }
            None => Err(PortFailure("there is no next key".to_owned())),
        }
    }
}

impl CopyReader for Ports {
    async fn read_copy(&self, _: &OrganizationId, _: &GrantId) -> Option<AccessToken> {
        if self.copy_stalls.get() {
            pending::<()>().await;
        }
        self.copy.borrow().clone()
    }
}

impl GrantKeepers for Ports {
    async fn command(
        &self,
        _: &OrganizationId,
        _: &GrantId,
        command: KeeperCommand,
    ) -> Result<KeeperAnswer, PortFailure> {
        let (seen, refused) = match command {
            KeeperCommand::Token { seen, refused } => (seen, refused),
            KeeperCommand::Refuse { generation, cause } => {
                self.refused.borrow_mut().push((generation.0, cause));
                return Ok(KeeperAnswer::Done);
            }
            _ => panic!("the proxy only asks for tokens, and tells of refusals"),
        };
        self.keeper_asked.borrow_mut().push((seen.map(|generation| generation.0), refused));
        self.sleep(self.keeper_takes.get()).await;
        (self.keeper.borrow())(seen, refused)
    }
}

impl Rsa for Ports {
    async fn generate(&self) -> Result<KeyPair, RsaFailure> {
        NativeRsa::default().generate().await
    }

    async fn sign_sha1(&self, private_key: &PrivateKey, message: &[u8]) -> Result<Vec<u8>, RsaFailure> {
        NativeRsa::default().sign_sha1(private_key, message).await
    }
}

impl ProxyPorts for Ports {
    type Platform = Self;

    fn platform(&self) -> &Self {
        self
    }
}

impl Upstream for Ports {
    type Body = String;
    type AnswerBody = &'static str;

    fn api_url(&self) -> &'static str {
        "https://api.test"
    }

    fn address_policy(&self) -> &Policy {
        &Policy { allow_loopback: false, own_host: None }
    }

    async fn send(&self, request: UpstreamRequest<String>) -> Result<UpstreamAnswer<&'static str>, UpstreamFailure> {
        match request.within {
            Some(limit) => {
                with_timeout(self, limit, self.exchange(request)).await.unwrap_or(Err(UpstreamFailure::Late))
            }
            None => self.exchange(request).await,
        }
    }

    fn copy(&self, body: String) -> (String, String) {
        (body.clone(), body)
    }

    fn peek(&self, answer: &&'static str, limit: usize) -> impl Future<Output = Vec<u8>> {
        let bytes = answer.as_bytes().iter().copied().take(limit).collect();
        std::future::ready(bytes)
    }

    fn discard(&self, _: &'static str) {
        self.discarded.set(self.discarded.get() + 1);
    }
}

impl Ports {
    async fn exchange(
        &self,
        request: UpstreamRequest<String>,
    ) -> Result<UpstreamAnswer<&'static str>, UpstreamFailure> {
        let UpstreamRequest { method, url, headers, body, .. } = request;
        let text = body.as_ref().map(|body| body.stream.clone());
        self.sent.borrow_mut().push(SentCall { at: self.now(), method, url, headers, body: text });
        if let Some(body) = body {
            self.upload(body).await?;
        }
        let reply = self.jira.borrow_mut().pop_front().unwrap_or_else(|| self.jira_usually.borrow().clone());
        let _counted = self.count_in_flight();
        self.sleep(self.jira_takes.get()).await;
        match reply {
            Reply::Answers { status, headers, body } => {
                let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                Ok(UpstreamAnswer { status, headers, body })
            }
            Reply::Fails(failure) => Err(failure),
            Reply::Never => pending().await,
        }
    }

    async fn upload(&self, body: UpstreamBody<String>) -> Result<(), UpstreamFailure> {
        let UpstreamBody { stream, length, limit, ended } = body;
        self.sleep(self.upload_takes.get()).await;
        let is_too_large = length.is_none() && stream.len() as u64 > limit;
        let end = if is_too_large { UploadEnd::TooLarge } else { UploadEnd::Sent };
        // A call that is not waited for any more does not hear it.
        let _heard = ended.map(|ended| ended.send(end));
        if is_too_large { Err(UpstreamFailure::Broken("the body is too large".to_owned())) } else { Ok(()) }
    }
}

struct InFlight(Ports);

impl Ports {
    fn count_in_flight(&self) -> InFlight {
        self.in_flight.set(self.in_flight.get() + 1);
        self.most_in_flight.set(self.most_in_flight.get().max(self.in_flight.get()));
        InFlight(self.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get() - 1);
    }
}
