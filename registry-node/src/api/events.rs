//! New blocks, as they come.

use core::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use serde_json::json;

use crate::service::Node;

/// One event for each change of progress: height applied, newest change, newest provable state.
pub(super) async fn events(State(node): State<Node>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = stream::unfold(node.chain.watch(), |mut news| async move {
        news.changed().await.ok()?;
        let progress = *news.borrow_and_update();
        let data =
            json!({ "height": progress.applied, "changed": progress.changed, "provable": progress.provable });
        Some((Ok(Event::default().event("progress").data(data.to_string())), news))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
