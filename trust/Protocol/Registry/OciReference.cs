using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>
/// The address of an artifact in a registry: <c>oci://HOST[:PORT]/NAME[:TAG][@sha256:HEX]</c>, with names and tags as the OCI distribution specification
/// (1.1, section "Pulling manifests") has them. What is fetched is fetched by digest; a tag is for people and for pushing.
/// </summary>
public sealed partial record OciReference
{
    /// <summary>The scheme, with its separator.</summary>
    public const string Scheme = "oci://";

    private const int Longest = 1024;

    private OciReference(string host, string repository, string tag, ByteString? digest)
    {
        Host = host;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Gets the registry's host, with the port when one is given.</summary>
    public string Host { get; }

    /// <summary>Gets the name within the registry.</summary>
    public string Repository { get; }

    /// <summary>Gets the tag; empty when there is none.</summary>
    public string Tag { get; }

    /// <summary>Gets the SHA-256 of the manifest; null when there is none.</summary>
    public ByteString? Digest { get; }

    /// <summary>Gets what stands for the manifest in a request: the digest, or the tag.</summary>
    public string Target => Digest is null ? Tag : $"sha256:{Digest}";

    /// <summary>Gets the address up to the name. Plain HTTP is spoken to this machine only.</summary>
    public Uri Registry => new($"{(IsLoopback ? "http" : "https")}://{Host}/v2/{Repository}/");

    private bool IsLoopback => new Uri($"https://{Host}/").IsLoopback;

    /// <summary>Reads a reference that has a tag, a digest or both.</summary>
    /// <param name="text">The text.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out OciReference? reference, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(text);
        reference = null;
        refusal = null;
        Match match = text.Length <= Longest ? Pattern().Match(text) : Match.Empty;
        if (!match.Success)
        {
            refusal = new(RefusalReason.Malformed,
                "The address is refused: expected oci://HOST[:PORT]/NAME with :TAG, @sha256:HEX or both; names are in lower case.");
            return false;
        }

        ByteString? digest = match.Groups["digest"].Success ? ByteString.FromHex(match.Groups["digest"].Value) : null;
        reference = new OciReference(match.Groups["host"].Value, match.Groups["name"].Value, match.Groups["tag"].Value, digest);
        if (reference.Target.Length == 0)
        {
            reference = null;
            refusal = new(RefusalReason.Malformed, "The address names no artifact: expected :TAG or @sha256:HEX at its end.");
        }

        return reference is not null;
    }

    /// <summary>Returns the reference of this artifact by digest, with the tag that it had.</summary>
    public OciReference At(ByteString digest) => new(Host, Repository, Tag, digest);

    /// <inheritdoc/>
    public override string ToString() => $"{Scheme}{Host}/{Repository}{(Tag.Length > 0 ? ":" + Tag : "")}{(Digest is null ? "" : "@sha256:" + Digest)}";

    [GeneratedRegex(@"\Aoci://(?<host>[a-zA-Z0-9]([a-zA-Z0-9.-]{0,252}[a-zA-Z0-9])?(:[0-9]{1,5})?)/(?<name>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)"
        + @"(:(?<tag>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}))?(@sha256:(?<digest>[0-9a-f]{64}))?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();
}
