using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Cli.Endpoints;
using ConfidentialOperator.Cli.Verbs.Endpoints;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Cli.Proxy;

/// <summary>What the proxy says about itself. Nothing of it comes from a request.</summary>
internal static class StateEndpoints
{
    private const string Owner = "confidential-model";

    /// <summary>Ready when every model has a guest that proved itself.</summary>
    public static IResult Ready(ProxyOptions options)
    {
        string[] waiting = [.. options.Models.Where(model => model.Value.Client.Guests.Count == 0).Select(model => model.Key)];
        var reasons = new JsonObject();
        foreach (string name in waiting)
        {
            reasons[name] = options.Models[name].Client.LastVerification?.Refusal?.Reason.ToString() ?? "Pending";
        }

        return Results.Json(new JsonObject { ["ready"] = waiting.Length == 0, ["waiting"] = reasons }, statusCode: waiting.Length == 0 ? 200 : 503);
    }

    public static IResult Verification(ProxyOptions options)
    {
        var models = new JsonObject();
        foreach ((string name, ModelConnection connection) in options.Models)
        {
            models[name] = Describe(connection);
        }

        return Results.Json(new JsonObject { ["verifier"] = typeof(StateEndpoints).Assembly.GetName().Version!.ToString(3), ["models"] = models });
    }

    public static IResult Models(ProxyOptions options) =>
        Results.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. options.Models.Keys.Select(Entry)]) });

    public static IResult Model(ProxyOptions options, string model) => options.Models.ContainsKey(model)
        ? Results.Json(Entry(model))
        : Results.Json(new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = $"The proxy has no model '{model}'.",
                ["type"] = "invalid_request_error",
                ["param"] = "model",
                ["code"] = "model_not_found",
            }
        }, statusCode: 404);

    public static IResult Server() =>
        Results.Json(new JsonObject { ["name"] = "cfm-proxy", ["version"] = typeof(StateEndpoints).Assembly.GetName().Version!.ToString(3), ["extensions"] = new JsonArray() });

    private static JsonNode Entry(string name) => new JsonObject { ["id"] = name, ["object"] = "model", ["created"] = 0, ["owned_by"] = Owner };

    private static JsonObject Describe(ModelConnection connection)
    {
        IReadOnlyList<VerifiedGuest> guests = connection.Client.Guests;
        return new JsonObject
        {
            ["verified"] = guests.Count > 0,
            ["development"] = guests.Any(guest => guest.Development),
            ["policy"] = new JsonObject
            {
                ["tenant"] = connection.Policy.Policy.Tenant,
                ["model"] = connection.Model,
                ["version"] = connection.Policy.Policy.PolicyVersion,
                ["sha256"] = connection.Policy.Sha256.ToString(),
                ["notAfter"] = connection.Policy.Policy.NotAfter,
            },
            ["guests"] = new JsonArray([.. guests.Select(Describe)]),
            ["lastVerification"] = connection.Client.LastVerification is { } last ? VerifyVerb.ToNode(last) : null,
        };
    }

    private static JsonNode Describe(VerifiedGuest guest) => new JsonObject
    {
        ["replica"] = guest.Keyset.Replica,
        ["keysetSha256"] = guest.KeysetSha256.ToString(),
        ["measurement"] = guest.Measurement.ToString(),
        ["initDataSha256"] = guest.InitDataDigest.ToString(),
        ["tee"] = guest.Tee.ToWire(),
        ["product"] = guest.Platform,
        ["tcb"] = guest.Tcb,
        ["development"] = guest.Development,
        ["validUntil"] = guest.ValidUntil,
    };
}
