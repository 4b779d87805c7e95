using ConfidentialOperator.FakeTee.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.FakeTee.Endpoints;

/// <summary>What a guest's endpoint is.</summary>
public sealed record GuestEndpointOptions
{
    /// <summary>Gets the guest behind it.</summary>
    public required SoftwareGuest Guest { get; init; }

    /// <summary>Gets the model.</summary>
    public ModelIdentity Model { get; init; } = new("triage-notes", ByteString.Sha256("manifest"u8), 3);

    /// <summary>Gets the name of the replica.</summary>
    public string Replica { get; init; } = "triage-notes-0/uid-0";

    /// <summary>Gets the life of a generation of keys.</summary>
    public TimeSpan KeyLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets the clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets a caller's key that requests must carry; null when everybody may ask.</summary>
    public string? CallerKey { get; init; }
}
