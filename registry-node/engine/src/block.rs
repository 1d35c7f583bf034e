//! Blocks in the engine's codec. Their digest is the header's, so that a phone never needs a body.

use commonware_codec::{Buf, EncodeSize, Error, RangeCfg, Read, ReadExt as _, Write};
use commonware_consensus::types::Height;
use commonware_consensus::{Block as EngineBlock, BoundedBlock, Heightable};
use commonware_cryptography::Digestible;
use commonware_cryptography::sha256::Digest;
use registry_proof::block::{Block as Inner, MAX_BYTES, MAX_TRANSACTIONS, transactions_root};
use registry_proof::header::Header;
use registry_proof::transaction::MAX_TRANSACTION;

/// Bytes of a length, at most.
const LENGTH: usize = 5;

/// A block whose header carries its transactions' root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block(Inner);

impl Block {
    /// A block whose header already carries its transactions' root.
    pub(crate) const fn new(header: Header, transactions: Vec<Vec<u8>>) -> Self {
        Self(Inner { header, transactions })
    }

    pub(crate) const fn header(&self) -> &Header {
        &self.0.header
    }

    pub(crate) fn transactions(&self) -> &[Vec<u8>] {
        &self.0.transactions
    }
}

impl Write for Block {
    fn write(&self, buffer: &mut impl bytes::BufMut) {
        buffer.put_slice(&self.0.header.to_bytes());
        self.0.transactions.write(buffer);
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        Header::SIZE + self.0.transactions.encode_size()
    }
}

impl Read for Block {
    type Cfg = ();

    fn read_cfg(buffer: &mut impl Buf, (): &()) -> Result<Self, Error> {
        let header = <[u8; Header::SIZE]>::read(buffer)?;
        let header = Header::from_bytes(&header).map_err(|_| Error::Invalid("block", "header"))?;
        let each = (RangeCfg::new(..=MAX_TRANSACTION), ());
        let transactions = Vec::<Vec<u8>>::read_cfg(buffer, &(RangeCfg::new(..=MAX_TRANSACTIONS), each))?;
        if transactions.iter().map(Vec::len).sum::<usize>() > MAX_BYTES {
            return Err(Error::Invalid("block", "too large"));
        }
        if header.transactions_root != transactions_root(&transactions) {
            return Err(Error::Invalid("block", "transactions root"));
        }
        Ok(Self(Inner { header, transactions }))
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Digest(self.0.header.digest())
    }
}

impl Heightable for Block {
    fn height(&self) -> Height {
        Height::new(self.0.header.height)
    }
}

impl EngineBlock for Block {
    fn parent(&self) -> Digest {
        Digest(self.0.header.parent)
    }
}

impl BoundedBlock for Block {
    fn max_encode_size((): &()) -> usize {
        Header::SIZE + LENGTH + MAX_TRANSACTIONS * LENGTH + MAX_BYTES
    }
}
