using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Tests;

[assembly: AssemblyFixture(typeof(SharedPki))]

namespace ConfidentialOperator.FakeTee.Tests;

/// <summary>Making two keys of 4096 bits takes seconds, so all tests share them.</summary>
public sealed class SharedPki
{
    internal SoftwarePki Value { get; } = SoftwarePki.Create();
}
