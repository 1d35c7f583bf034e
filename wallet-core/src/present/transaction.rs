//! What is confirmed, or signed, by sharing: only what can be shown in full, and is what it looks like.
//!
//! Spec: OpenID4VP 1.0 section 8.4.

use openid4vc::vp::request::RequestContent;
use openid4vc::vp::transaction::Transaction;

use crate::outside::is_plain;
use crate::view::TransactionView;

/// Whether a person would see every transaction of the request as it would be signed.
pub(super) fn can_all_be_shown(content: &RequestContent) -> bool {
    content.transaction_data.iter().all(|one| view(one.what()).is_some())
}

/// The transactions of a request that [can all be shown](can_all_be_shown).
pub(super) fn views(content: &RequestContent) -> Vec<TransactionView> {
    content.transaction_data.iter().filter_map(|one| view(one.what())).collect()
}

fn view(what: &Transaction) -> Option<TransactionView> {
    let (view, texts) = match what {
        Transaction::Payment(payment) => {
            let optional = [&payment.account, &payment.reference];
            let texts = [&payment.amount, &payment.currency, &payment.payee].into_iter();
            let texts: Vec<&String> = texts.chain(optional.into_iter().flatten()).collect();
            let view = TransactionView::Payment {
                amount: payment.amount.clone(),
                currency: payment.currency.clone(),
                payee: payment.payee.clone(),
                account: payment.account.clone(),
                reference: payment.reference.clone(),
            };
            (view, texts)
        }
        Transaction::Text(document) => {
            let view = TransactionView::Text { title: document.title.clone(), text: document.text.clone() };
            (view, vec![&document.title, &document.text])
        }
        Transaction::Unsupported => return None,
    };
    texts.into_iter().all(|text| is_plain(text)).then_some(view)
}
