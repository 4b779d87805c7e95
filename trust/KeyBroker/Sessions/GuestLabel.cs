namespace ConfidentialOperator.KeyBroker.Sessions;

/// <summary>What a guest calls itself before it has proved anything. It sorts the status; it opens nothing.</summary>
internal sealed record GuestLabel(string Tenant, string Model, string Replica)
{
    public static GuestLabel None { get; } = new("", "", "");
}
