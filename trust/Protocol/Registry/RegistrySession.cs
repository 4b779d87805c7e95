using System.Net;
using System.Net.Http.Headers;
using ConfidentialOperator.Protocol.Json;

namespace ConfidentialOperator.Protocol.Registry;

/// <summary>
/// Requests to one repository, with whatever the registry asks for: nothing, a name and password, or a token of its token service (OCI distribution
/// specification; Docker's "token authentication"). A name and password go to the registry and to the token service that it names, over TLS only.
/// </summary>
/// <param name="http">Sends; it follows redirects, and does not carry authorization to another host.</param>
/// <param name="reference">The repository.</param>
/// <param name="credentials">Names and passwords.</param>
internal sealed class RegistrySession(HttpMessageInvoker http, OciReference reference, RegistryCredentials credentials)
{
    private const int LongestToken = 256 * 1024;

    private AuthenticationHeaderValue? _authorization;

    /// <summary>Gets the address up to the repository's name.</summary>
    public Uri Address => reference.Registry;

    /// <summary>Sends a request, and again when the registry wanted to know who asks.</summary>
    /// <param name="make">Makes the request; it is called for each attempt.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Outcome<HttpResponseMessage>> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await OnceAsync(make, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        using (response)
        {
            if (!RegistryChallenge.TryRead(response.Headers.WwwAuthenticate, Address, out RegistryChallenge? challenge))
            {
                return Refused("it asks for a proof of identity that is not known");
            }

            if (await AnswerAsync(challenge, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }
        }

        response = await OnceAsync(make, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
        {
            return response;
        }

        using (response)
        {
            return Refused($"it answered {(int)response.StatusCode} to {(credentials.For(reference.Host) is null ? "a request without" : "the given")} name and password");
        }
    }

    /// <summary>A refusal that names registry and repository, and nothing that the registry said.</summary>
    public Refusal Refused(string why, RefusalReason reason = RefusalReason.ModelFetchFailed) =>
        new(reason, $"The registry at {reference.Host} does not give '{reference.Repository}': {why}.");

    private async Task<HttpResponseMessage> OnceAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = make();

        // The address of an upload is the registry's choice: what proves an identity goes to the registry's own host only.
        request.Headers.Authorization = request.RequestUri!.Authority == Address.Authority ? _authorization : null;
        return await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Refusal?> AnswerAsync(RegistryChallenge challenge, CancellationToken cancellationToken)
    {
        string? basic = credentials.For(reference.Host);
        if (challenge.Realm is null)
        {
            _authorization = basic is null ? null : new("Basic", basic);
            return basic is null ? Refused("it wants a name and password; give them in a pull secret") : null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, challenge.TokenAddress());
        request.Headers.Authorization = basic is null ? null : new("Basic", basic);
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return Refused($"its token service answered {(int)response.StatusCode}");
        }

        byte[]? body = await response.Content.ReadToEndAsync(LongestToken, cancellationToken).ConfigureAwait(false);
        if (body is null || !StrictJson.TryRead(body, "registry token", LongestToken, ReadToken, out string? token, out _))
        {
            return Refused("its token service gave no token");
        }

        _authorization = new("Bearer", token);
        return null;
    }

    private static string? ReadToken(StrictObject given)
    {
        given.IgnoreUnknown();
        string token = given.Has("token") ? given.Text("token", LongestToken) : given.Text("access_token", LongestToken);
        return token.Length > 0 && token.All(c => c is > ' ' and < (char)127) ? token : null;
    }
}
