//! Reading QR codes: from a picture that the person chose, or from the frames of a camera.

use std::sync::Arc;

use serde::Serialize;
use wallet_core::picture::{self, PictureError};

use crate::app::App;
use crate::command::{ReadFrame, ReadPicture};
use crate::failure::Failure;

/// The texts that were read. None of them has been looked at.
#[derive(Serialize)]
pub(crate) struct Read {
    texts: Vec<String>,
}

impl App {
    pub(crate) async fn read_picture(&self, given: ReadPicture) -> Result<Read, Failure> {
        let png = given.png_base64.into_vec();
        self.read(move || picture::read_png(&png)).await
    }

    pub(crate) async fn read_frame(&self, given: ReadFrame) -> Result<Read, Failure> {
        let ReadFrame { width, height, luma_base64 } = given;
        let luma = luma_base64.into_vec();
        // Where a frame shows too much, the next one may not: whoever holds the camera moves on.
        self.read(move || match picture::read_luma(width, height, &luma) {
            Err(PictureError::TooMany) => Err(PictureError::NoCode),
            read => read,
        })
        .await
    }

    /// Reads on a thread of its own, so that screens stay quick, and one at a time: a picture can be made so that its
    /// reading takes seconds, and must not take more than that thread. A picture without a code is nothing unusual: no
    /// text, and no failure.
    async fn read(
        &self,
        work: impl FnOnce() -> Result<Vec<String>, PictureError> + Send + 'static,
    ) -> Result<Read, Failure> {
        let turn = Arc::clone(&self.reads).try_acquire_owned().map_err(|_| Failure::new("picture_busy"))?;
        let reading = tokio::task::spawn_blocking(move || {
            let read = work();
            drop(turn);
            read
        });
        match reading.await.map_err(|_| Failure::BROKEN)? {
            Err(PictureError::NoCode) => Ok(Read { texts: Vec::new() }),
            read => Ok(Read { texts: read? }),
        }
    }
}
