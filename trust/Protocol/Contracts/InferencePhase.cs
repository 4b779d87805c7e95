namespace ConfidentialOperator.Protocol.Contracts;

/// <summary>How far Inference is.</summary>
public enum InferencePhase
{
    /// <summary>No key arrived yet.</summary>
    AwaitingKey = 0,

    /// <summary>The model is being opened and loaded.</summary>
    Loading = 1,

    /// <summary>The model is served.</summary>
    Ready = 2,

    /// <summary>The model was refused.</summary>
    Refused = 3,
}
