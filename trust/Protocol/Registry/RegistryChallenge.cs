using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>What a registry asks for when it does not know who speaks: a name and password, or a token of its token service.</summary>
/// <param name="Realm">The token service; null when a name and password are wanted.</param>
/// <param name="Service">The service that the token is for.</param>
/// <param name="Scope">What the token is to allow.</param>
internal sealed partial record RegistryChallenge(Uri? Realm, string Service, string Scope)
{
    private const int Longest = 4096;

    /// <summary>Reads the first challenge that is understood. A token service is spoken to by TLS, unless the registry itself is on this machine.</summary>
    public static bool TryRead(IEnumerable<AuthenticationHeaderValue> headers, Uri registry, [NotNullWhen(true)] out RegistryChallenge? challenge)
    {
        challenge = headers.Select(header => Read(header, registry.IsLoopback)).FirstOrDefault(read => read is not null);
        return challenge is not null;
    }

    /// <summary>Returns the address that gives the token.</summary>
    public Uri TokenAddress()
    {
        string query = $"service={Uri.EscapeDataString(Service)}" + (Scope.Length > 0 ? $"&scope={Uri.EscapeDataString(Scope)}" : "");
        string given = Realm!.Query.TrimStart('?');
        return new UriBuilder(Realm) { Query = given.Length > 0 ? $"{given}&{query}" : query }.Uri;
    }

    private static RegistryChallenge? Read(AuthenticationHeaderValue header, bool isLocal)
    {
        if (header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, "", "");
        }

        if (!header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { Length: <= Longest } parameter)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Parameter().Matches(parameter))
        {
            values.TryAdd(match.Groups["name"].Value, match.Groups["value"].Value);
        }

        return Uri.TryCreate(values.GetValueOrDefault("realm"), UriKind.Absolute, out Uri? realm) && (realm.Scheme == Uri.UriSchemeHttps || (isLocal && realm.IsLoopback && realm.Scheme == Uri.UriSchemeHttp))
            ? new(realm, values.GetValueOrDefault("service", ""), values.GetValueOrDefault("scope", "")) : null;
    }

    [GeneratedRegex("(?<name>[a-z]+)=\"(?<value>[^\"]*)\"", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
