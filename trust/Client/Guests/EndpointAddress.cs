namespace ConfidentialOperator.Client.Guests;

/// <summary>Addresses below the endpoint, which may itself have a path.</summary>
internal static class EndpointAddress
{
    public static Uri At(this ConfidentialClientOptions options, string path) => new(options.Endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);
}
