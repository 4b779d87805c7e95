namespace ConfidentialOperator.Protocol;

/// <summary>
/// Every reason of the product, one closed list: condition reason, event reason, log field, metric tag, audit outcome and CLI text.
/// Names and numbers are append-only. A hundred numbers belong to each area.
/// </summary>
public enum RefusalReason
{
    /// <summary>No reason: the value of a field that was never set.</summary>
    None = 0,

    // 1-99: any input.

    /// <summary>The bytes are not in the format that was expected.</summary>
    Malformed = 1,
    /// <summary>The input is longer than its limit.</summary>
    TooLarge = 2,
    /// <summary>The version or algorithm is not supported.</summary>
    Unsupported = 3,
    /// <summary>The same member stands twice in an object.</summary>
    DuplicateMember = 4,
    /// <summary>A member is not known.</summary>
    UnknownMember = 5,
    /// <summary>A member that must be there is missing.</summary>
    MissingMember = 6,
    /// <summary>A fault of the program itself.</summary>
    InternalError = 9,

    // 100-199: the resource in Kubernetes.

    /// <summary>The specification is not valid.</summary>
    SpecInvalid = 100,
    /// <summary>An object that the specification names does not exist.</summary>
    ReferenceNotFound = 101,
    /// <summary>The RuntimeClass does not exist.</summary>
    RuntimeClassNotFound = 102,
    /// <summary>No node can run the pod.</summary>
    NoSuitableNode = 103,
    /// <summary>The model's source cannot be read by this version.</summary>
    ModelSourceUnsupported = 104,
    /// <summary>The trust policy object has no envelope.</summary>
    TrustPolicyMissing = 105,
    /// <summary>An object with the same name belongs to somebody else.</summary>
    NameTaken = 106,
    /// <summary>Pods are being created or replaced.</summary>
    RollingOut = 110,
    /// <summary>Pods wait for attestation.</summary>
    AwaitingAttestation = 111,
    /// <summary>Pods wait for the model's key.</summary>
    AwaitingKey = 112,
    /// <summary>Pods load the model.</summary>
    LoadingModel = 113,
    /// <summary>The resource is being deleted.</summary>
    Deleting = 114,
    /// <summary>The first pass has not ended.</summary>
    Pending = 115,
    /// <summary>The condition holds.</summary>
    Satisfied = 116,
    /// <summary>Attested replicas serve the model.</summary>
    Serving = 117,

    // 200-299: evidence.

    /// <summary>No evidence source answered.</summary>
    EvidenceUnavailable = 200,
    /// <summary>The kind of evidence is not accepted here.</summary>
    EvidenceKindNotAccepted = 201,
    /// <summary>The report's layout or version is wrong.</summary>
    ReportMalformed = 202,
    /// <summary>The report's signature does not verify.</summary>
    SignatureInvalid = 203,
    /// <summary>The certificate chain does not end in an accepted root.</summary>
    ChainUntrusted = 204,
    /// <summary>A certificate is outside its validity.</summary>
    CertificateExpired = 205,
    /// <summary>A certificate is revoked.</summary>
    CertificateRevoked = 206,
    /// <summary>The certificate's TCB extensions differ from the report's TCB.</summary>
    CertificateTcbMismatch = 207,
    /// <summary>The certificate's hardware identity differs from the report's chip.</summary>
    ChipIdMismatch = 208,
    /// <summary>The processor's product cannot be told or is not accepted.</summary>
    ProductUnknown = 209,
    /// <summary>The report data is not what was asked for.</summary>
    ReportDataMismatch = 210,
    /// <summary>Debugging is allowed by the guest's policy.</summary>
    DebugAllowed = 211,
    /// <summary>Migration agents are allowed by the guest's policy.</summary>
    MigrationAllowed = 212,
    /// <summary>The report was asked for from another privilege level.</summary>
    VmplNotAccepted = 213,
    /// <summary>The revocation list is missing, expired or not signed by the right key.</summary>
    RevocationListInvalid = 214,
    /// <summary>The evidence is bound to a development root.</summary>
    DevelopmentRootNotAccepted = 215,
    /// <summary>Evidence for a device is missing.</summary>
    DeviceEvidenceMissing = 216,
    /// <summary>The evidence is older than the policy allows, or says that it is from the future.</summary>
    EvidenceStale = 217,

    /// <summary>Collateral of the hardware's vendor, such as TCB info, is missing.</summary>
    CollateralMissing = 218,

    /// <summary>Collateral of the hardware's vendor cannot be read, or is not signed by the vendor.</summary>
    CollateralInvalid = 219,

    /// <summary>Collateral of the hardware's vendor is outside its validity, or older than the policy allows.</summary>
    CollateralExpired = 220,

    /// <summary>Collateral of the hardware's vendor is for another platform or purpose.</summary>
    CollateralMismatch = 221,

    /// <summary>The vendor's collateral has no TCB level that the platform reaches.</summary>
    TcbNotSupported = 222,

    /// <summary>The vendor has revoked the TCB.</summary>
    TcbRevoked = 223,

    /// <summary>The enclave that signs for the hardware is not the vendor's.</summary>
    EnclaveNotAccepted = 224,

    /// <summary>The firmware module that isolates guests is not one that the vendor vouches for.</summary>
    ModuleNotAccepted = 225,

    /// <summary>The event log does not lead to the measurement registers.</summary>
    EventLogMismatch = 226,
    /// <summary>Reference values (RIM) of a device are missing or cannot be read.</summary>
    ReferenceValuesInvalid = 227,
    /// <summary>The evidence of one device is there twice.</summary>
    DeviceRepeated = 228,

    /// <summary>What a paravisor says is not what the hardware's report is bound to.</summary>
    RuntimeDataMismatch = 230,

    /// <summary>The PCR values are not the ones that the TPM's quote covers.</summary>
    PcrMismatch = 231,
    /// <summary>A certificate, list or reference value could not be fetched.</summary>
    CollateralUnavailable = 250,

    // 300-399: the owner's policy.

    /// <summary>No policy is in force for the model.</summary>
    PolicyNotFound = 300,
    /// <summary>The policy is not signed by a key of the owner.</summary>
    PolicySignatureInvalid = 301,
    /// <summary>The policy has expired.</summary>
    PolicyExpired = 302,
    /// <summary>The policy is older than the one in force.</summary>
    PolicyRolledBack = 303,
    /// <summary>The policy is for another model.</summary>
    PolicyModelMismatch = 304,
    /// <summary>The policy's content is not valid.</summary>
    PolicyInvalid = 305,
    /// <summary>The launch measurement is not in the policy.</summary>
    MeasurementNotAccepted = 310,
    /// <summary>The initdata digest is not in the policy.</summary>
    InitDataNotAccepted = 311,
    /// <summary>The manifest digest is not in the policy.</summary>
    ManifestNotAccepted = 312,
    /// <summary>The TCB is below the policy's minimum.</summary>
    TcbTooOld = 313,
    /// <summary>The chip is not in the policy's list.</summary>
    ChipNotAccepted = 314,
    /// <summary>The TEE is not in the policy.</summary>
    TeeNotAccepted = 315,
    /// <summary>The model's version is below the policy's minimum.</summary>
    ModelVersionTooOld = 316,
    /// <summary>Simultaneous multithreading or another platform feature is not as the policy wants it.</summary>
    PlatformNotAccepted = 317,
    /// <summary>The ID block's key digests are not in the policy.</summary>
    IdKeyNotAccepted = 318,
    /// <summary>The guest's policy flags are not as the policy wants them.</summary>
    GuestPolicyNotAccepted = 319,

    /// <summary>The status that the vendor gives the TCB is not in the policy.</summary>
    TcbStatusNotAccepted = 320,

    /// <summary>The TCB has security advisories that the policy does not accept.</summary>
    AdvisoryNotAccepted = 321,
    /// <summary>A device's versions or measurements are not those of its reference values.</summary>
    ReferenceValuesMismatch = 322,
    /// <summary>A device, its firmware, its mode or the number of devices is not as the policy wants it.</summary>
    DeviceNotAccepted = 323,

    // 400-499: key release.

    /// <summary>The broker cannot be reached.</summary>
    KeyBrokerUnavailable = 400,
    /// <summary>The session is unknown or has expired.</summary>
    SessionExpired = 401,
    /// <summary>The nonce is not the one of the session, or was used.</summary>
    NonceMismatch = 402,
    /// <summary>The protocol version is not spoken here.</summary>
    ProtocolVersionNotSupported = 403,
    /// <summary>The resource does not exist.</summary>
    ResourceNotFound = 404,
    /// <summary>The resource belongs to another model.</summary>
    ResourceNotOfModel = 405,
    /// <summary>The caller may not do this.</summary>
    NotAuthorized = 406,
    /// <summary>The public key of the guest cannot be used.</summary>
    TeeKeyNotSupported = 407,
    /// <summary>Too many requests.</summary>
    RateLimited = 408,
    /// <summary>The key was released.</summary>
    KeyReleased = 410,
    /// <summary>The audit log's chain is broken.</summary>
    AuditChainBroken = 411,
    /// <summary>Approvals are missing.</summary>
    ApprovalsMissing = 412,

    // 500-599: sealed models.

    /// <summary>The manifest's digest is not the one that was measured.</summary>
    ManifestDigestMismatch = 500,
    /// <summary>The manifest's signature does not verify.</summary>
    ManifestSignatureInvalid = 501,
    /// <summary>A chunk does not authenticate.</summary>
    ChunkCorrupt = 502,
    /// <summary>A sealed file is cut or longer than the manifest says.</summary>
    SealedFileTruncated = 503,
    /// <summary>A sealed file is another file of the manifest, or of another model.</summary>
    SealedFileSwapped = 504,
    /// <summary>A file of the manifest is missing.</summary>
    SealedFileMissing = 505,
    /// <summary>The model key does not open the model.</summary>
    ModelKeyWrong = 506,
    /// <summary>The model could not be fetched from its source.</summary>
    ModelFetchFailed = 507,

    // 600-699: transport.

    /// <summary>The request must be sealed.</summary>
    SealingRequired = 600,
    /// <summary>The key that the request is sealed to is not in force.</summary>
    KeyConfigurationExpired = 601,
    /// <summary>The request could not be opened.</summary>
    RequestNotAuthentic = 602,
    /// <summary>The request was seen before.</summary>
    RequestReplayed = 603,
    /// <summary>The request's date is too far from the guest's clock.</summary>
    RequestDateOutOfRange = 604,
    /// <summary>The answer ended before its end.</summary>
    ResponseTruncated = 605,
    /// <summary>The answer could not be opened.</summary>
    ResponseNotAuthentic = 606,
    /// <summary>The endpoint cannot be reached.</summary>
    EndpointUnavailable = 607,
    /// <summary>The endpoint's keys changed and were verified again.</summary>
    KeysetChanged = 608,
    /// <summary>The keyset's purpose, model, policy or time is not what was expected.</summary>
    KeysetMismatch = 609,

    // 700-799: access.

    /// <summary>The caller's key is missing or not known.</summary>
    CallerUnknown = 700,
    /// <summary>The caller's key has expired or was revoked.</summary>
    CallerExpired = 701,
    /// <summary>The caller may not use this model.</summary>
    CallerModelForbidden = 702,
    /// <summary>The caller has too many requests in flight.</summary>
    CallerLimitExceeded = 703,
    /// <summary>The caller list is not signed by the owner, or is older than the one in force.</summary>
    CallerListInvalid = 704,

    // 800-899: inference.

    /// <summary>The model is not a usable ONNX model.</summary>
    ModelInvalid = 800,
    /// <summary>The model has inputs that the task does not know.</summary>
    ModelInputsUnknown = 801,
    /// <summary>The tokenizer cannot be read.</summary>
    TokenizerInvalid = 802,
    /// <summary>The request is not valid.</summary>
    RequestInvalid = 803,
    /// <summary>The prompt is longer than the model's context.</summary>
    ContextLengthExceeded = 804,
    /// <summary>All places are taken.</summary>
    Overloaded = 805,
    /// <summary>The model is not served here.</summary>
    ModelNotFound = 806,
    /// <summary>The model is not loaded yet.</summary>
    ModelNotReady = 807,
    /// <summary>The process could open an internet socket and therefore does not load a model.</summary>
    NetworkNotConfined = 808,
}
