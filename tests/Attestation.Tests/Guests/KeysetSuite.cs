using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tests.Guests;

/// <summary>The rules about a guest's keyset, over the answer of a software guest.</summary>
internal sealed class KeysetSuite : IRuleSuite
{
    private static readonly ByteString s_other = ByteString.Sha256("other"u8);

    public IRuleList List => KeysetChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("right", null, RefusalReason.None, new Scene()),
        new("the policy of the key is not named", null, RefusalReason.None, new Scene { Keyset = keyset => keyset with { PolicySha256 = null } }),
        new("devices that nobody asked for", null, RefusalReason.None, new Scene { Document = document => document with { DeviceEvidence = new ByteString("[1]"u8) } }),
        new("an old answer", "nonce", RefusalReason.NonceMismatch, new Scene { Document = document => document with { Nonce = s_other } }),
        new("keys at their end", "keyset-time", RefusalReason.KeysetMismatch, new Scene { Keyset = keyset => keyset with { NotAfter = Scene.Noon } }),
        new("no keys", "keyset-keys", RefusalReason.KeysetMismatch, new Scene { Keyset = keyset => keyset with { SealingKeys = [] } }),
        new("another model", "model", RefusalReason.KeysetMismatch, new Scene { Policy = policy => policy with { Model = "other" } }),
        new("another manifest", "manifest", RefusalReason.ManifestNotAccepted, new Scene { Policy = policy => policy with { ManifestDigests = [s_other] } }),
        new("an old model", "model-version", RefusalReason.ModelVersionTooOld, new Scene { Policy = policy => policy with { MinimumModelVersion = 4 } }),
        new("other initdata", "keyset-initdata", RefusalReason.KeysetMismatch, new Scene { Keyset = keyset => keyset with { InitDataSha256 = s_other } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (Scene)given.Scene!;
        AttestationDocument document = scene.Document(scene.Answer());
        Assert.True(EvidenceReader.TryRead(document.Tee, document.CpuEvidence.Memory, out Evidence? evidence, out _));
        Assert.True(Keyset.TryParse(document.Keyset.Memory, out Keyset? keyset, out _));
        var question = new GuestQuestion { Document = document, Nonce = scene.Nonce, Policy = scene.SignedPolicy(), Roots = scene.Roots, Now = scene.Now };
        var subject = new GuestSubject(question, keyset, evidence.Authenticate(new EvidenceInputs(scene.Roots, scene.Now)).Evidence);
        return (without is null ? KeysetChecks.All : KeysetChecks.All.Without(without)).Apply(subject, "keyset");
    }
}
