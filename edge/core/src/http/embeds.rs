//! Embeds over HTTP: the commands about them, and what their frames in pages of others ask.
//!
//! A frame is let in by the embed that it names and, for a signed one, by what the host's key signed. No cookie is read and
//! none is set. Who may see which chart with whose access is decided by the organization; what an isolate remembers of that is
//! at most three seconds old.

mod frame;
mod memory;
mod oembed;
mod origin;
mod token;

use std::rc::Rc;

use api::{
    CreateEmbed, CreatedEmbed, EMBED_KEY_PREFIX, EditEmbed, Embed, EmbedId, EmbedKind, NewEmbed, ProblemCode, Render,
    RenderState, RotateEmbedKey, RotatedEmbedKey, Timestamp,
};
use axum::{
    Extension, Router,
    extract::{FromRequestParts as _, RawPathParams, Request},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chart::{Spec, draw::Theme};
use http::{HeaderMap, StatusCode, header, request::Parts};
use send_wrapper::SendWrapper;
use serde::{Deserialize, Serialize};

pub(super) use memory::EmbedMemory;

use self::{
    frame::Colours,
    memory::ShownKey,
    token::{Expected, Refused},
};
use crate::{
    http::{
        Edge, Platform, SharedEdge, body,
        charts::without_data,
        drawing,
        failure::RequestFailure,
        guard::ClientAddress,
        json_body,
        middleware::ContentPolicy,
        request_id::RequestId,
        routing::{EndpointRequest, Reply, checked, query, relayed},
    },
    organization::{
        EmbedFrame, EmbedPass, GetEmbedFrame, Refusal, RenderEmbed, ReplaceEmbedKey, StoreEmbed, StoredEmbed,
    },
    ports::{Level, MacFailure, RateLimit},
    sealing::{self, Sealed, SealingContext},
    secrets::Secret,
};

relayed! { ListEmbeds GetEmbed DeleteEmbed }
checked! {
    CreateEmbed => create;
    EditEmbed => edit;
    RotateEmbedKey => rotate;
}

/// The most bytes of a body that a frame sends.
const BODY: usize = 16 * 1024;
/// How long a session lasts, in seconds: ten minutes. Then the host signs another token.
const SESSION_SECONDS: i64 = 600;
/// For how long a picture may be kept by those who show it, in seconds.
const PICTURE_SECONDS: u32 = 60;

async fn create<P: Platform>(request: EndpointRequest<P, CreateEmbed>) -> Result<Reply<CreatedEmbed>, RequestFailure> {
    let (edge, mut new): (_, NewEmbed) = (&request.edge, request.call.request.clone());
    new.origins = origin::checked(&new.origins, edge.configuration.address_policy().allow_loopback)?;
    let id: EmbedId = edge.new_id();
    let (key, secret) = match new.kind {
        EmbedKind::Signed => edge.embed_key(&id).await.map(|(key, secret)| (Some(key), Some(secret)))?,
        EmbedKind::Published | EmbedKind::Unknown(_) => (None, None),
    };
    let embed = request.send(&StoreEmbed { id, new, secret }).await?;
    Ok(CreatedEmbed { embed, key }.into())
}

async fn edit<P: Platform>(mut request: EndpointRequest<P, EditEmbed>) -> Result<Reply<Embed>, RequestFailure> {
    let allow_loopback = request.edge.configuration.address_policy().allow_loopback;
    let origins = request.call.request.origins.take();
    request.call.request.origins = origins.map(|origins| origin::checked(&origins, allow_loopback)).transpose()?;
    Ok(request.relay(&request.call).await?)
}

async fn rotate<P: Platform>(
    request: EndpointRequest<P, RotateEmbedKey>,
) -> Result<Reply<RotatedEmbedKey>, RequestFailure> {
    let id = request.call.params.clone();
    let (key, secret) = request.edge.embed_key(&id).await?;
    request.send(&ReplaceEmbedKey { id, rotation: request.call.request.clone(), secret }).await?;
    Ok(RotatedEmbedKey { key }.into())
}

/// What a frame exchanges a token with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSession {
    embed: EmbedId,
    token: String,
}

#[derive(Serialize)]
struct Session {
    session: String,
    expires_at: Timestamp,
}

/// What a frame asks a chart with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRender {
    embed: EmbedId,
    /// The session of a signed embed.
    #[serde(default)]
    session: Option<String>,
    /// How wide it is to be drawn, in CSS pixels.
    #[serde(default)]
    width: Option<u16>,
    /// When the numbers were counted that the frame shows in this width: it need not be sent them again.
    #[serde(default)]
    known: Option<String>,
}

/// What a frame shows.
#[derive(Serialize)]
struct Rendered {
    title: String,
    state: RenderState,
    sentence: String,
    cause: Option<String>,
    /// The figure, as HTML that needs `chart.css`; `null` if there are no numbers, or the frame has it already.
    figure: Option<String>,
    /// When the numbers were counted.
    counted_at: Option<String>,
}

/// What an embed shows to some readers.
#[derive(Clone)]
struct Shown {
    title: String,
    spec: Spec,
    render: Render,
}

/// What is asked for at the addresses of frames.
#[derive(Clone, Copy)]
enum Operation {
    /// The page or the picture of an embed.
    Show,
    Session,
    Render,
    Oembed,
}

pub(super) fn routes<P: Platform>(routes: Router, edge: &Edge<P>) -> Router {
    let shared: SharedEdge<P> = SendWrapper::new(edge.clone());
    let handle = |operation: Operation| {
        let shared = SendWrapper::new((*shared).clone());
        move |request: Request| {
            let edge: Edge<P> = (*shared).clone();
            SendWrapper::new(async move { serve(edge, operation, request).await })
        }
    };
    routes
        .route("/embed/{id}", get(handle(Operation::Show)))
        .route("/embed/v1/sessions", post(handle(Operation::Session)))
        .route("/embed/v1/renders", post(handle(Operation::Render)))
        .route("/oembed", get(handle(Operation::Oembed)))
}

async fn serve<P: Platform>(edge: Edge<P>, operation: Operation, request: Request) -> Response {
    let (id, platform) = (RequestId::of(&request), Rc::clone(&edge.platform));
    let answered = match operation {
        Operation::Show => edge.show_embed(request).await,
        Operation::Session => edge.open_embed_session(request).await,
        Operation::Render => edge.render_embed(request).await,
        Operation::Oembed => edge.answer_oembed(request).await,
    };
    match (answered, operation) {
        (Ok(response), _) => response,
        (Err(failure), Operation::Show) => failure.page(&id, &*platform),
        (Err(failure), _) => failure.problem(&id, &*platform),
    }
}

fn json(answer: &impl Serialize) -> Result<Response, RequestFailure> {
    let body = serde_json::to_string(answer).map_err(Refusal::from)?;
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

fn refused(detail: &str) -> RequestFailure {
    RequestFailure::new(ProblemCode::EmbedTokenRefused, detail)
}

fn unsigned(failure: MacFailure) -> RequestFailure {
    RequestFailure::new(ProblemCode::Internal, "The platform did not sign.").with_cause(format!("{failure:?}"))
}

async fn name_in_path(parts: &mut Parts) -> Result<String, RequestFailure> {
    let in_path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| Refusal::NotFound)?;
    Ok(in_path.iter().next().map(|(_, name)| name.to_owned()).ok_or(Refusal::NotFound)?)
}

impl<P: Platform> Edge<P> {
    fn key_context<'a>(&'a self, embed: &'a EmbedId) -> SealingContext<'a> {
        SealingContext {
            organization: &self.organization,
            owner: embed.as_str(),
            generation: 0,
            field: StoredEmbed::FIELD,
        }
    }

    /// A new key of an embed: as its host gets it, and sealed.
    async fn embed_key(&self, id: &EmbedId) -> Result<(String, Sealed), RequestFailure> {
        let key = format!("{EMBED_KEY_PREFIX}{}", Secret::generate(&*self.platform).expose());
        let (ring, context) = (self.configuration.key_ring()?, self.key_context(id));
        let sealed = sealing::seal(&*self.platform, &*self.platform, ring, &context, key.as_bytes()).await;
        let sealed = sealed.map_err(|_| RequestFailure::new(ProblemCode::Internal, "The key could not be sealed."))?;
        Ok((key, sealed))
    }

    /// The keys of an embed that work. One that does not open is named to the operator.
    async fn open_keys(&self, id: &EmbedId, frame: &EmbedFrame) -> Result<Vec<(u32, Vec<u8>)>, RequestFailure> {
        let (ring, context) = (self.configuration.key_ring()?, self.key_context(id));
        let mut keys = Vec::new();
        for key in &frame.keys {
            match sealing::open(&*self.platform, ring, &context, &key.secret).await {
                Ok(plain) => keys.push((key.number, plain.clone())),
                Err(error) => {
                    let error = error.to_string();
                    self.platform.log(Level::Alert, "sealing.unsealable", &[("id", id.as_str()), ("cause", &error)]);
                }
            }
        }
        Ok(keys)
    }

    /// What serves an embed (404 if it is not shown). Whoever asks for one that this isolate does not know is counted (429).
    async fn embed_frame(&self, id: &EmbedId, headers: &HeaderMap) -> Result<EmbedFrame, RequestFailure> {
        let (memory, now) = (&self.isolate.embeds, self.platform.now());
        if let Some(frame) = memory.frame(id, now) {
            return Ok(frame);
        }
        if !memory.is_known(id, now) {
            self.count(RateLimit::Pages, "embed", ClientAddress::of(headers).as_ref()).await?;
        }
        let Some(frame) = self.send(&GetEmbedFrame { id: id.clone() }).await? else {
            memory.forget(id);
            return Err(Refusal::NotFound.into());
        };
        memory.learn(id, now);
        memory.keep_frame(id, &frame, now);
        Ok(frame)
    }

    /// `GET /embed/{id}` and `GET /embed/{id}.svg`.
    async fn show_embed(&self, request: Request) -> Result<Response, RequestFailure> {
        let (mut parts, _) = request.into_parts();
        let name = name_in_path(&mut parts).await?;
        let colours = Colours::read(parts.uri.query());
        let (id, is_picture) = name.strip_suffix(".svg").map_or((name.as_str(), false), |id| (id, true));
        let id = EmbedId::parse(id).map_err(|_| Refusal::NotFound)?;
        let frame = self.embed_frame(&id, &parts.headers).await?;
        if is_picture {
            return self.embed_picture(id, &frame, colours).await;
        }
        Ok(frame::write(&id, &frame, colours, self.configuration.public_url()?))
    }

    /// The picture of a published embed, for pages without frames, and for mails. 404 for a chart that is a table.
    async fn embed_picture(
        &self,
        id: EmbedId,
        frame: &EmbedFrame,
        colours: Colours,
    ) -> Result<Response, RequestFailure> {
        if frame.kind != EmbedKind::Published {
            return Err(Refusal::NotFound.into());
        }
        let name = id.clone();
        let Shown { spec, render, .. } = self.shown_in_embed(id, None).await?;
        let theme = if colours == Colours::Dark { Theme::Dark } else { Theme::Light };
        let Some(data) = &render.data else {
            let is_over = matches!(render.state, RenderState::NotDelegatedHere | RenderState::DelegationEnded);
            let code = if is_over { ProblemCode::NotFound } else { ProblemCode::Unavailable };
            return Err(RequestFailure::new(code, render.sentence));
        };
        let words = render.access.as_ref().map(drawing::in_words).unwrap_or_default();
        let picture = drawing::picture(name.as_str(), &spec, data, theme, None, &words);
        let picture = picture.ok_or(Refusal::NotFound)?;
        let policy = format!(
            "sandbox; default-src 'none'; style-src '{}'; frame-ancestors 'none'",
            drawing::style_source(theme)
        );
        let headers = [
            (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
            (header::CACHE_CONTROL, format!("public, max-age={PICTURE_SECONDS}")),
        ];
        Ok((StatusCode::OK, Extension(ContentPolicy::framed(policy)), headers, picture).into_response())
    }

    /// `POST /embed/v1/sessions`: 1. The token has the form of one (401). 2. The embed is shown (404). 3. One of its keys has
    /// signed the token, which is for it and valid now (401; 429 for a client that sends many others).
    async fn open_embed_session(&self, request: Request) -> Result<Response, RequestFailure> {
        let (parts, unread) = request.into_parts();
        let body = body::read_at_most(&*self.platform, &parts.headers, unread, BODY).await?;
        let NewSession { embed, token } = json_body::read(&parts.headers, &body)?;
        if let Err(why) = token::readable(&token) {
            return self.refuse_token(&parts.headers, why).await;
        }
        let frame = self.embed_frame(&embed, &parts.headers).await?;
        if frame.kind != EmbedKind::Signed {
            return Err(Refusal::NotFound.into());
        }
        let keys = self.open_keys(&embed, &frame).await?;
        let (now, own) = (self.platform.now(), self.configuration.public_url()?);
        let expected = Expected { embed: &embed, locked: &frame.locked_params, origin: own.as_str(), now };
        match token::verify(&*self.platform, &keys, &token, &expected).await.map_err(unsigned)? {
            Err(why) => self.refuse_token(&parts.headers, why).await,
            Ok(pass) => {
                let (ring, expires_at) = (self.configuration.key_ring()?, now.plus_seconds(SESSION_SECONDS));
                let session = token::session(&*self.platform, ring, (&embed, expires_at), pass).await;
                json(&Session { session: session.map_err(unsigned)?, expires_at })
            }
        }
    }

    async fn refuse_token(&self, headers: &HeaderMap, why: Refused) -> Result<Response, RequestFailure> {
        self.count(RateLimit::Pages, "embed token", ClientAddress::of(headers).as_ref()).await?;
        Err(refused(&format!("The token of this embed is refused: {}.", why.words())))
    }

    /// `POST /embed/v1/renders`: 1. The embed is shown (404). 2. The session of a signed one is ours, for it, and not over
    /// (401). 3. The organization decides, and the chart is computed.
    async fn render_embed(&self, request: Request) -> Result<Response, RequestFailure> {
        let (parts, unread) = request.into_parts();
        let body = body::read_at_most(&*self.platform, &parts.headers, unread, BODY).await?;
        let NewRender { embed, session, width, known } = json_body::read(&parts.headers, &body)?;
        let frame = self.embed_frame(&embed, &parts.headers).await?;
        let pass = match frame.kind {
            EmbedKind::Published => None,
            EmbedKind::Signed | EmbedKind::Unknown(_) => {
                let (ring, now) = (self.configuration.key_ring()?, self.platform.now());
                let session = session.unwrap_or_default();
                let pass = token::opened(&*self.platform, ring, &embed, &session, now).await.map_err(unsigned)?;
                Some(pass.ok_or_else(|| refused("The session of this embed is over, or there is none."))?)
            }
        };
        let name = embed.to_string();
        let Shown { title, spec, render } = self.shown_in_embed(embed, pass).await?;
        let words = render.access.as_ref().map(drawing::in_words).unwrap_or_default();
        let counted_at = render.data.as_ref().map(|data| data.counted.at.clone());
        let data = render.data.as_ref().filter(|_| known.is_none() || known != counted_at);
        let figure = data.map(|data| drawing::figure(&name, &spec, data, width, &words));
        let Render { state, sentence, cause, .. } = render;
        json(&Rendered { title, state, sentence, cause, figure, counted_at })
    }

    /// What an embed shows to those whom the host signed this for (401 if that is not worth anything any more, 404 if the
    /// embed is not shown).
    async fn shown_in_embed(&self, id: EmbedId, pass: Option<EmbedPass>) -> Result<Shown, RequestFailure> {
        let now = self.platform.now();
        let written = pass.as_ref().map(serde_json::to_string).transpose().map_err(Refusal::from)?;
        let key = ShownKey { embed: id.clone(), pass: written };
        if let Some(shown) = self.isolate.embeds.shown(&key, now) {
            return Ok(shown);
        }
        let params = pass.as_ref().map(|pass| pass.params.clone()).unwrap_or_default();
        let is_signed = pass.is_some();
        let Some(found) = self.send(&RenderEmbed { id, pass }).await? else {
            let over = || refused("The session of this embed is over: its key or what it must lock has changed.");
            return Err(if is_signed { over() } else { Refusal::NotFound.into() });
        };
        let (title, spec) = (found.title, found.compute.spec.clone());
        let render = match self.compute_delegated_chart(found.compute, &params).await {
            // A value that the chart does not offer, or not any more.
            Err(failure) if failure.code == ProblemCode::InvalidRequest => {
                without_data(RenderState::QueryRefused, Some(failure.detail), None)
            }
            rendered => rendered?,
        };
        let shown = Shown { title, spec, render };
        self.isolate.embeds.keep_shown(key, &shown, now);
        Ok(shown)
    }

    /// `GET /oembed`: only published embeds unfold.
    async fn answer_oembed(&self, request: Request) -> Result<Response, RequestFailure> {
        let (parts, _) = request.into_parts();
        let question: oembed::Question = query(parts.uri.query().unwrap_or_default())?;
        let own = self.configuration.public_url()?;
        let id = question.embed(own)?;
        let frame = self.embed_frame(&id, &parts.headers).await?;
        let title = frame.title.ok_or(Refusal::NotFound)?;
        json(&question.answer(&id, title, own))
    }
}
