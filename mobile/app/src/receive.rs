//! Taking up an offer that was looked at: with a yes, with a code, or by signing in at the agency.

use serde::Serialize;
use wallet_core::receive::ReceiveError;
use wallet_core::view::CardView;

use crate::app::{App, Done};
use crate::command::{Accept, EndSignIn, Id, Looked};
use crate::failure::Failure;
use crate::pending::Waiting;

/// Where a browser goes to sign in.
#[derive(Serialize)]
pub(crate) struct Address {
    address: String,
}

impl App {
    /// Takes the offer up. After a wrong code, or without the network, the person may try again.
    pub(crate) async fn accept(&self, given: Accept) -> Result<Vec<CardView>, Failure> {
        let (wallet, id) = (self.wallet()?, given.id.as_str());
        let (Waiting::Offer(offered) | Waiting::SignIn(offered, _)) = self.take_offer(&given.id)? else {
            return Err(Failure::GONE);
        };
        let received = wallet.receive(&offered, given.code.as_ref().map(|code| code.as_str())).await;
        if received.is_err() {
            self.put_back(id, Waiting::Offer(offered));
        }
        Ok(received?)
    }

    pub(crate) async fn begin_sign_in(&self, given: Looked) -> Result<Address, Failure> {
        let (wallet, id) = (self.wallet()?, given.id.as_str());
        let (Waiting::Offer(offered) | Waiting::SignIn(offered, _)) = self.take_offer(&given.id)? else {
            return Err(Failure::GONE);
        };
        match wallet.begin_sign_in(&offered, &self.place.comes_back_to).await {
            Ok(sign_in) => {
                let address = sign_in.address.clone();
                self.put_back(id, Waiting::SignIn(offered, Box::new(sign_in)));
                Ok(Address { address })
            }
            Err(error) => {
                self.put_back(id, Waiting::Offer(offered));
                Err(error.into())
            }
        }
    }

    /// Ends the sign-in with the address that the browser came back to. A sign-in ends once; the offer stays where it
    /// failed, so that the person can begin another.
    pub(crate) async fn end_sign_in(&self, given: EndSignIn) -> Result<Vec<CardView>, Failure> {
        let (wallet, id) = (self.wallet()?, given.id.as_str());
        if !self.comes_back(given.address.as_str()) {
            return Err(ReceiveError::Address.into());
        }
        let taken = self.take(id, |waiting| matches!(waiting, Waiting::SignIn(..)))?;
        let Waiting::SignIn(offered, sign_in) = taken else { return Err(Failure::GONE) };
        let received = wallet.end_sign_in(&offered, *sign_in, given.address.as_str()).await;
        if received.is_err() {
            self.put_back(id, Waiting::Offer(offered));
        }
        Ok(received?)
    }

    /// Leaves what was looked at, without a word to anybody.
    pub(crate) fn refuse(&self, given: &Looked) -> Result<Done, Failure> {
        self.wallet()?;
        self.take(given.id.as_str(), |_| true).map(|_| Done {})
    }

    /// An offer, whether or not its sign-in has begun: whoever closed the browser begins again, or has a code.
    fn take_offer(&self, id: &Id) -> Result<Waiting, Failure> {
        self.take(id.as_str(), |waiting| matches!(waiting, Waiting::Offer(_) | Waiting::SignIn(..)))
    }
}
