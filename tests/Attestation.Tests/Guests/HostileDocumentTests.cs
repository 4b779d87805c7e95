using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tests.Guests;

/// <summary>A document from somebody who wants to be believed, or wants the verifier to fall over.</summary>
public sealed class HostileDocumentTests
{
    private static readonly Scene s_scene = new();
    private static readonly AttestationDocument s_good = s_scene.Answer();

    [Theory]
    [InlineData("cpu_evidence")]
    [InlineData("keyset")]
    [InlineData("device_evidence")]
    public void AnyChangeOfASectionIsRefusedAndNothingIsThrown(string section)
    {
        var random = new Random(20260504);
        for (int round = 0; round < 250; round++)
        {
            byte[] changed = Mutate(random, Section(section).ToArray());
            AttestationDocument document = With(section, new ByteString(changed));
            Verdict<VerifiedGuest> verdict = Verify(document);
            if (verdict.Accepted && !Section(section).Equals(changed))
            {
                // The report's JSON may be written in another way; what it says must be the same.
                Assert.Equal("cpu_evidence", section);
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(changed)!["attestation_report"], JsonNode.Parse(s_good.CpuEvidence.Span)!["attestation_report"]));
            }
        }
    }

    [Fact]
    public void SectionsOfTwoGuestsDoNotMix()
    {
        AttestationDocument other = (s_scene with { Keyset = keyset => keyset with { Replica = "another" } }).Answer();
        foreach (string section in new[] { "cpu_evidence", "keyset" })
        {
            AttestationDocument mixed = section == "keyset" ? s_good with { Keyset = other.Keyset } : s_good with { CpuEvidence = other.CpuEvidence };
            Assert.Equal(RefusalReason.ReportDataMismatch, Verify(mixed).Appraisal.Refusal!.Reason);
        }
    }

    [Fact]
    public void CollateralOfAnyBytesChangesNoVerdict()
    {
        var random = new Random(20260505);
        Collateral[] noise = [.. Enumerable.Range(0, 16).Select(number =>
        {
            byte[] bytes = number % 2 == 0 ? Mutate(random, Development.Chip.CertificateDer) : Encoding.ASCII.GetBytes(Development.Pki.ChainPem[..random.Next(2000)]);
            return new Collateral("vcek", new ByteString(bytes));
        })];
        Assert.True(Verify(s_good with { Collateral = noise }).Accepted);
    }

    private static byte[] Mutate(Random random, byte[] good)
    {
        List<byte> bytes = [.. good];
        for (int change = random.Next(1, 5); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at - 1));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(32, 127));
                    break;
                default:
                    bytes[at] = (byte)"0123456789,:[]{}\""[random.Next(17)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static ByteString Section(string name) => name switch
    {
        "cpu_evidence" => s_good.CpuEvidence,
        "keyset" => s_good.Keyset,
        _ => s_good.DeviceEvidence,
    };

    private static AttestationDocument With(string section, ByteString data) => section switch
    {
        "cpu_evidence" => s_good with { CpuEvidence = data },
        "keyset" => s_good with { Keyset = data },
        _ => s_good with { DeviceEvidence = data },
    };

    private static Verdict<VerifiedGuest> Verify(AttestationDocument document) => GuestVerifier.Verify(new GuestQuestion
    {
        Document = document,
        Nonce = s_scene.Nonce,
        Policy = s_scene.SignedPolicy(),
        Roots = s_scene.Roots,
        Now = s_scene.Now,
    });
}
