namespace ConfidentialOperator.KeyBroker.Sessions;

/// <summary>How far a session has come. A state is never left backwards, so a nonce is answered once.</summary>
internal enum SessionState
{
    /// <summary>The nonce waits for evidence.</summary>
    Challenged = 0,

    /// <summary>Evidence came and the nonce is used, whatever becomes of it.</summary>
    Answered = 1,

    /// <summary>The evidence was authentic.</summary>
    Attested = 2,
}
