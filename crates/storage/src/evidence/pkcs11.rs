//! A root key in a token reached over PKCS#11 (OASIS PKCS #11 2.40), such as a hardware security module. The key never
//! leaves the token: it seals and opens the organisations' keys with AES-256-GCM, a fresh 96-bit nonce in front. They are
//! few, and what was opened once is remembered, so that the token is asked seldom and reading goes on at full speed.

use crate::{Chance, Error, Pkcs11Config, Result};
use base::Secret;
use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    error::{Error as Failed, RvError},
    mechanism::{Mechanism, aead::GcmParams},
    object::{Attribute, KeyType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

const NONCE: usize = 12;
const TAG: usize = 16;
const TAG_BITS: std::ffi::c_ulong = 128;
/// Bytes of a sealed 32-byte key.
const WRAPPED: usize = NONCE + 32 + TAG;
/// Opened keys remembered at most.
const REMEMBERED: usize = 1000;

/// A root key in a token. Cheap to clone.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    config: Pkcs11Config,
    session: Mutex<(Session, ObjectHandle)>,
    opened: Mutex<HashMap<Opened, Secret<[u8; 32]>>>,
}

/// What was opened: context and sealed key.
type Opened = (Vec<u8>, Vec<u8>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}/{})", self.0.config.token, self.0.config.key)
    }
}

impl Token {
    /// Signs in to the token and finds the key.
    pub fn open(config: &Pkcs11Config) -> Result<Self> {
        let session = sign_in(config)?;
        let key = find(&session, config)?.ok_or_else(|| {
            said(config, format!("there is no AES key labelled `{}`, make it with `cport admin root-key`", config.key))
        })?;
        Ok(Self(Arc::new(Inner {
            config: config.clone(),
            session: Mutex::new((session, key)),
            opened: Mutex::default(),
        })))
    }

    /// Makes the key in the token. Refuses to make a second one of the same label.
    pub fn create(config: &Pkcs11Config) -> Result<()> {
        let session = sign_in(config)?;
        if find(&session, config)?.is_some() {
            return Err(said(
                config,
                format!("there is a key labelled `{}` already, a root key is never replaced", config.key),
            ));
        }
        let template = [
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::AES),
            Attribute::Label(config.key.clone().into_bytes()),
            Attribute::ValueLen(32.into()),
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
        ];
        session.generate_key(&Mechanism::AesKeyGen, &template).map_err(|error| said(config, error))?;
        Ok(())
    }

    /// Seals a key, bound to `context`. Blocks.
    pub fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = Chance.bytes()?;
        let sealed = self.ask(|session, root| {
            let mut nonce = nonce;
            let params = GcmParams::new(&mut nonce, context, TAG_BITS.into())?;
            session.encrypt(&Mechanism::AesGcm(params), root, key)
        });
        let sealed = sealed.map_err(|error| said(&self.0.config, error))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a key; `None` when it was not sealed here, or not in this context. Blocks.
    pub fn unwrap_key(&self, context: &[u8], wrapped: &[u8]) -> Result<Option<[u8; 32]>> {
        if wrapped.len() != WRAPPED {
            return Ok(None);
        }
        let place = (context.to_vec(), wrapped.to_vec());
        if let Some(key) = self.0.opened.lock().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return Ok(Some(*key.expose()));
        }
        let Some((nonce, sealed)) = wrapped.split_first_chunk::<NONCE>() else { return Ok(None) };
        let opened = self.ask(|session, root| {
            let mut nonce = *nonce;
            let params = GcmParams::new(&mut nonce, context, TAG_BITS.into())?;
            session.decrypt(&Mechanism::AesGcm(params), root, sealed)
        });
        let key: [u8; 32] = match opened.map(<[u8; 32]>::try_from) {
            Ok(Ok(key)) => key,
            Ok(Err(_)) => return Ok(None),
            Err(error) if is_away(&error) => return Err(said(&self.0.config, error)),
            Err(_) => return Ok(None),
        };
        let mut remembered = self.0.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(place, Secret::new(key));
        Ok(Some(key))
    }

    /// Asks the token; when it was away, signs in anew and asks once more.
    fn ask<T>(&self, question: impl Fn(&Session, ObjectHandle) -> Result<T, Failed>) -> Result<T, Failed> {
        let mut held = self.0.session.lock().unwrap_or_else(PoisonError::into_inner);
        match question(&held.0, held.1) {
            Err(error) if is_away(&error) => {
                let Ok(session) = sign_in(&self.0.config) else { return Err(error) };
                let Ok(Some(key)) = find(&session, &self.0.config) else { return Err(error) };
                *held = (session, key);
                question(&held.0, held.1)
            }
            answer => answer,
        }
    }
}

/// Whether an error is about the way to the token, not about what was asked.
fn is_away(error: &Failed) -> bool {
    let Failed::Pkcs11(error, _) = error else { return false };
    matches!(
        error,
        RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::DeviceRemoved
            | RvError::DeviceError
            | RvError::TokenNotPresent
            | RvError::UserNotLoggedIn
            | RvError::CryptokiNotInitialized
            | RvError::ObjectHandleInvalid
            | RvError::KeyHandleInvalid
    )
}

fn sign_in(config: &Pkcs11Config) -> Result<Session> {
    let pin = std::fs::read_to_string(&config.pin_file).map_err(|e| said(config, format!("pin file: {e}")))?;
    let library = Pkcs11::new(&config.module).map_err(|error| said(config, error))?;
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        // Another token of the same library was opened before.
        Ok(()) | Err(Failed::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(said(config, error)),
    }
    let slots = library.get_slots_with_initialized_token().map_err(|error| said(config, error))?;
    let is_it = |slot: &cryptoki::slot::Slot| {
        library.get_token_info(*slot).is_ok_and(|info| info.label().trim_end() == config.token)
    };
    let slot = slots.into_iter().find(is_it);
    let slot = slot.ok_or_else(|| said(config, "there is no token of that label"))?;
    let session = library.open_rw_session(slot).map_err(|error| said(config, error))?;
    match session.login(UserType::User, Some(&AuthPin::new(pin.trim().into()))) {
        Ok(()) | Err(Failed::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(error) => Err(said(config, error)),
    }
}

fn find(session: &Session, config: &Pkcs11Config) -> Result<Option<ObjectHandle>> {
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::AES),
        Attribute::Label(config.key.clone().into_bytes()),
    ];
    let found = session.find_objects(&template).map_err(|error| said(config, error))?;
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(said(config, format!("there are {} keys labelled `{}`", found.len(), config.key))),
    }
}

fn said(config: &Pkcs11Config, what: impl fmt::Display) -> Error {
    Error::RootKey(format!("token `{}` of {}: {what}", config.token, config.module.display()))
}
