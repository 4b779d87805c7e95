using ConfidentialOperator.Attestation.Nvidia;
using ConfidentialOperator.Attestation.Nvidia.Ocsp;
using ConfidentialOperator.Attestation.Rules;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>What responders say about a device's certificates.</summary>
internal sealed class OcspChecksSuite : IRuleSuite
{
    private static readonly DateTimeOffset s_noon = NvidiaScene.Noon;
    private static readonly SoftwareResponder s_good = new() { ThisUpdate = s_noon.AddHours(-1), NextUpdate = s_noon.AddHours(23) };
    private static readonly AuthenticDevice s_device = new NvidiaScene().Authentic();

    public IRuleList List => OcspChecks.All;

    public IReadOnlyList<RuleCase> Cases { get; } =
    [
        new("everything holds", null, RefusalReason.None, new Given()),
        new("the issuer answers itself", null, RefusalReason.None, new Given { Responder = s_good with { IsIssuer = true } }),
        new("a hold that the owner accepts", null, RefusalReason.None, new Given { Responder = s_good with { Status = "hold" }, HoldAccepted = true }),
        new("a hold that was lifted", null, RefusalReason.None, new Given { Also = s_good with { Status = "hold", ThisUpdate = s_noon.AddHours(-2) } }),
        new("no answer", "ocsp-answer", RefusalReason.RevocationListInvalid, new Given { Responder = null }),
        new("an answer about another certificate", "ocsp-answer", RefusalReason.RevocationListInvalid, new Given { IsAboutLeaf = true }),
        new("bytes that are no response", "ocsp-answer", RefusalReason.RevocationListInvalid, new Given { Bytes = bytes => [.. bytes, 0] }),
        new("altered", "ocsp-responder", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { Change = data => data[^2] ^= 1 } }),
        new("appointed by another", "ocsp-responder", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { AppointedBy = NvidiaScene.Pki.Root } }),
        new("a certificate for another purpose", "ocsp-responder", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { Purpose = "1.3.6.1.5.5.7.3.1" } }),
        new("the responder has run out", "ocsp-responder", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { ResponderNotAfter = s_noon.AddSeconds(-1) } }),
        new("revoked", "ocsp-revoked", RefusalReason.CertificateRevoked, new Given { Responder = s_good with { Status = "revoked" }, HoldAccepted = true }),
        new("revoked once, good later", "ocsp-revoked", RefusalReason.CertificateRevoked, new Given { Also = s_good with { Status = "revoked", ThisUpdate = s_noon.AddHours(-2) } }),
        new("on hold", "ocsp-hold", RefusalReason.CertificateRevoked, new Given { Responder = s_good with { Status = "hold" } }),
        new("not known to the responder", "ocsp-known", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { Status = "unknown" } }),
        new("its end is past", "ocsp-time", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { NextUpdate = s_noon.AddSeconds(-1) } }),
        new("no end is stated", "ocsp-time", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { NextUpdate = null } }),
        new("of the future", "ocsp-time", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { ThisUpdate = s_noon.AddMinutes(6) } }),
        new("too old for the owner", "ocsp-age", RefusalReason.RevocationListInvalid, new Given { Responder = s_good with { ThisUpdate = s_noon.AddHours(-24).AddSeconds(-1) } }),
    ];

    public IReadOnlyList<RuleResult> Run(RuleCase given, string? without)
    {
        var scene = (Given)given.Scene!;
        var lookup = new OcspLookup(scene.Responses(), NvidiaScene.Roots.Answers);
        var subject = OcspSubject.Of("device", s_device.Path, 1, (certificate, issuer) => lookup.Find(certificate, issuer, s_noon), new GpuRevocation(24 * 3600, scene.HoldAccepted), s_noon);
        return (without is null ? OcspChecks.All : OcspChecks.All.Without(without)).Apply(subject);
    }

    /// <summary>Answers about the three certificates; what is special is said about the last of them.</summary>
    private sealed record Given
    {
        public SoftwareResponder? Responder { get; init; } = s_good;

        public SoftwareResponder? Also { get; init; }

        public bool HoldAccepted { get; init; }

        public bool IsAboutLeaf { get; init; }

        public Func<byte[], byte[]> Bytes { get; init; } = bytes => bytes;

        public IEnumerable<ByteString> Responses()
        {
            IReadOnlyList<SoftwareAuthority> chain = NvidiaScene.Gpu.Chain;
            yield return s_good.Answer(chain[2], chain[3]);
            yield return s_good.Answer(chain[3], chain[4]);
            foreach (SoftwareResponder responder in new[] { Responder, Also }.OfType<SoftwareResponder>())
            {
                yield return new ByteString(Bytes(responder.Answer(chain[IsAboutLeaf ? 0 : 1], chain[IsAboutLeaf ? 1 : 2]).ToArray()));
            }
        }
    }
}
