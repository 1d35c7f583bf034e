//! `wallet receive`

use crate::arguments::Receive;
use crate::home::Home;
use crate::output::Output;
use crate::refusal::Refusal;

pub(crate) async fn run(_home: &Home, _receive: Receive) -> Result<Output, Refusal> {
    Err(Refusal::for_people("receive"))
}
