namespace ConfidentialOperator.KeyBroker.Storage;

/// <summary>What a finished write promises.</summary>
internal enum Durability
{
    /// <summary>It survives the end of the process.</summary>
    Process,

    /// <summary>It survives the loss of power: for the audit log, the policies and the keys.</summary>
    Disk,
}
