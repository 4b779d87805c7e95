using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Lab.Node.Services;

namespace ConfidentialOperator.Lab.Tests.Node;

/// <summary>The parts of the node that only compute.</summary>
public sealed class SmallPartsTests
{
    [Theory]
    [InlineData("$(A)", "1")]
    [InlineData("$(A)/$(B)", "1/2")]
    [InlineData("$$(A)", "$(A)")]
    [InlineData("$(C)", "$(C)")]
    [InlineData("$(A", "$(A")]
    [InlineData("a$", "a$")]
    [InlineData("", "")]
    public void VariablesExpandAsInKubernetes(string text, string expected) =>
        Assert.Equal(expected, Variables.Expand(text, new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" }));

    [Theory]
    [InlineData("/etc/a", "/real/a")]
    [InlineData("/etc/a/b", "/real/nested")]
    [InlineData("/etc/a/b/c.txt", "/real/nested/c.txt")]
    [InlineData("/etc/ab", "/etc/ab")]
    [InlineData("x /etc/a", "x /etc/a")]
    [InlineData("/app/run", "/images/run-folder/run")]
    public void PathsBelowAMountAreTranslated(string value, string expected)
    {
        HostPaths paths = new([("/etc/a", "/real/a"), ("/etc/a/b", "/real/nested")], new LocalImage("x@sha256:0", "/images/run-folder", []));
        Assert.Equal(expected, paths.Translate(value));
    }

    [Theory]
    [InlineData("500m", 0.5)]
    [InlineData("2", 2)]
    [InlineData("16Gi", 17179869184)]
    [InlineData("1e3", 1000)]
    [InlineData("512Mi", 536870912)]
    public void AmountsAreRead(string text, decimal expected) => Assert.Equal(expected, Quantities.Parse(text));

    [Fact]
    public void AVerdictNeedsItsThresholdInARow()
    {
        ProbeCounter counter = new(successThreshold: 1, failureThreshold: 3);
        Assert.Equal([null, null, true, null, null, false, false], new[] { false, false, true, false, false, false, false }.Select(counter.Count));
    }

    [Fact]
    public void TheFirstRestartIsAtOnceAndLaterOnesWaitLonger()
    {
        BackOff pauses = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        Assert.Equal([0, 1, 2, 3, 3], Enumerable.Range(0, 5).Select(_ => pauses.After(TimeSpan.Zero).TotalSeconds));
        Assert.Equal(0, pauses.After(TimeSpan.FromMinutes(11)).TotalSeconds);
    }

    [Fact]
    public void ADigestChangesWithContentNameAndMode()
    {
        string folder = Directory.CreateTempSubdirectory("lab-digest-").FullName;
        string file = Path.Combine(folder, "a");
        File.WriteAllText(file, "1");
        string before = FolderDigest.Compute(folder);
        Assert.Equal(before, FolderDigest.Compute(folder));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string executable = FolderDigest.Compute(folder);
        File.WriteAllText(file, "2");
        string changed = FolderDigest.Compute(folder);
        File.Move(file, file + "b");
        Assert.Equal(4, new HashSet<string> { before, executable, changed, FolderDigest.Compute(folder) }.Count);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void NamesOfServicesBecomeFilesAndOtherValuesStay()
    {
        string folder = Directory.CreateTempSubdirectory("lab-names-").FullName;
        NameFiles names = new(folder);
        string value = names.Rewrite("dns:///m-peers.clinic.svc:8080");
        Assert.Equal($"file://{folder}/clinic/m-peers-8080", value);
        Assert.Equal("", File.ReadAllText(value["file://".Length..]));
        Assert.Equal("dns:///other", names.Rewrite("dns:///other"));
        Directory.Delete(folder, recursive: true);
    }
}
