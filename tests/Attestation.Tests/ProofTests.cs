using System.Reflection;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Snp;

namespace ConfidentialOperator.Attestation.Tests;

/// <summary>A proof is worth something because nobody else can make one.</summary>
public sealed class ProofTests
{
    [Theory]
    [InlineData(typeof(SnpReport))]
    [InlineData(typeof(AuthenticSnpReport))]
    [InlineData(typeof(AttestedWorkload))]
    [InlineData(typeof(VerifiedGuest))]
    [InlineData(typeof(Appraisal))]
    [InlineData(typeof(Verdict<VerifiedGuest>))]
    [InlineData(typeof(TrustRoots))]
    public void OnlyTheVerifierMakesAProof(Type proof)
    {
        Assert.True(proof.IsSealed && proof.IsClass);
        Assert.Empty(proof.GetConstructors());
        Assert.DoesNotContain(proof.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance), method => method.Name == "<Clone>$");
        Assert.All(proof.GetProperties(BindingFlags.Public | BindingFlags.Instance), property => Assert.False(property.SetMethod?.IsPublic ?? false, property.Name));
    }

    /// <summary>The verifier takes bytes, collateral and time; it has no way to a file, a network, a clock or a process.</summary>
    [Fact]
    public void TheVerifierReferencesNothingThatReachesOut()
    {
        string[] allowed = ["System.Runtime", "System.Collections", "System.Collections.Concurrent", "System.Formats.Asn1", "System.Formats.Cbor", "System.Linq", "System.Memory",
            "System.Security.Cryptography", "System.Text.Json", "System.Runtime.InteropServices", "System.Runtime.Numerics",
            "System.Text.Encoding.Extensions", "System.Xml.ReaderWriter", "ConfidentialOperator.Protocol"];
        Assert.Empty(typeof(Appraiser).Assembly.GetReferencedAssemblies().Select(name => name.Name).Except(allowed));
    }
}
