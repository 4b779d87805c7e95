using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply;

/// <summary>One question to one service. Made by <see cref="Requests.AmdRequests"/>, <see cref="Requests.IntelRequests"/> and <see cref="Requests.NvidiaRequests"/>.</summary>
public sealed record CollateralRequest
{
    internal CollateralRequest(CollateralOrigin service, string kind, string path)
    {
        Service = service;
        Kind = kind;
        Path = path;
    }

    /// <summary>Gets the service.</summary>
    public CollateralOrigin Service { get; }

    /// <summary>Gets the kind of the answer's first item.</summary>
    public string Kind { get; }

    /// <summary>Gets the path below the service's base address, with its query.</summary>
    public string Path { get; }

    /// <summary>Gets the text that tells this question from every other, wherever the service is.</summary>
    public string Name => Body is null ? $"{Service}/{Path}" : $"{Service}/{ByteString.Sha256(Body.Span)}";

    /// <summary>Gets whether another asker may have the same answer: not when the question carries a nonce.</summary>
    public bool IsCacheable { get; init; } = true;

    /// <summary>Gets the headers that may carry the certificates of the issuers; empty when there are none to expect.</summary>
    internal IReadOnlyList<string> ChainHeaders { get; init; } = [];

    /// <summary>Gets what is posted; null for a question without a body.</summary>
    internal ByteString? Body { get; init; }

    /// <summary>Gets the id that the answer must repeat; empty where answers carry none.</summary>
    internal string Id { get; init; } = "";
}
