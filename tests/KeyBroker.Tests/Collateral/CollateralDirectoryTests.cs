using ConfidentialOperator.KeyBroker.Collateral;
using ConfidentialOperator.KeyBroker.Tests.Running;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.KeyBroker.Tests.Collateral;

public sealed class CollateralDirectoryTests : IDisposable
{
    private static readonly string s_chip = string.Concat(Enumerable.Repeat("0a", 64));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FilesAreFoundByChipAndKind()
    {
        Write($"vcek/{s_chip}/b.der", [2]);
        Write($"vcek/{s_chip}/a.der", [1]);
        Write($"vcek/{s_chip}/note.txt", [9]);
        Write("chain/genoa.pem", [3]);
        Write("crl/genoa.der", [4]);
        CollateralDirectory collateral = New(_folder.Path);
        Assert.Equal([[1], [2]], collateral.ChipCertificates(s_chip));
        Assert.Equal([[3]], collateral.Chains());
        Assert.Equal([[4]], collateral.RevocationLists());
        Assert.Empty(collateral.ChipCertificates(new string('f', 128)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../chain")]
    [InlineData("0A")]
    public void WhatIsNoChipIdFindsNothing(string chip)
    {
        Write("chain/a.der", [1]);
        Assert.Empty(New(_folder.Path).ChipCertificates(chip));
        Assert.Empty(New(_folder.Path).ChipCertificates(s_chip.ToUpperInvariant()));
    }

    [Fact]
    public void WithoutAFolderThereIsNothingAndHugeFilesAreLeftOut()
    {
        Assert.Empty(New("").RevocationLists());
        Write("crl/huge.der", new byte[256 * 1024 + 1]);
        Assert.Empty(New(_folder.Path).RevocationLists());
    }

    private static CollateralDirectory New(string path) => new(Options.Create(new KeyBrokerOptions { Snp = new SnpOptions { CollateralDirectory = path } }));

    private void Write(string name, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], content);
    }
}
