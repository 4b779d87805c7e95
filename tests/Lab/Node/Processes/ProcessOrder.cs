namespace ConfidentialOperator.Lab.Node.Processes;

/// <summary>A process to start.</summary>
internal sealed record ProcessOrder
{
    /// <summary>The path of the program.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment: nothing is inherited.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The file that output and errors are appended to.</summary>
    public required string LogPath { get; init; }
}
