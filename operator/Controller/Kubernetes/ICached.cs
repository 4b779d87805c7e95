namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>What a cache must know of its objects.</summary>
internal interface ICached
{
    ObjectKey Key { get; }

    string Uid { get; }

    /// <summary>Gets the resource version, by which old news is told from new.</summary>
    long Version { get; }

    /// <summary>Gets the ConfidentialModel that the object concerns; null when it concerns none.</summary>
    ObjectKey? Model { get; }
}
