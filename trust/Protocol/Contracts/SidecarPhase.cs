namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>How far a pod is.</summary>
public enum SidecarPhase
{
    /// <summary>The processes start.</summary>
    Starting = 0,

    /// <summary>The sealed model is being fetched.</summary>
    Fetching = 1,

    /// <summary>Evidence is being made and judged.</summary>
    Attesting = 2,

    /// <summary>The broker has not released the key yet.</summary>
    AwaitingKey = 3,

    /// <summary>The model is being opened and loaded.</summary>
    Loading = 4,

    /// <summary>The model is served.</summary>
    Ready = 5,

    /// <summary>Something was refused; it is tried again.</summary>
    Refused = 6,
}
