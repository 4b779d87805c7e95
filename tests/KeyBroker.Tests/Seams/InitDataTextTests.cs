using System.Diagnostics;
using ConfidentialOperator.KeyBroker.Seams;

namespace ConfidentialOperator.KeyBroker.Tests.Seams;

public sealed class InitDataTextTests
{
    private const string Head = "algorithm = \"sha256\"\nversion = \"0.1.0\"\n\n[data]\n";

    [Theory]
    [InlineData("\"model.json\" = '''\n{}'''\n", "{}")]
    [InlineData("\"model.json\" = '''{}'''", "{}")]
    [InlineData("\"model.json\" = '{}'\n", "{}")]
    [InlineData("\"model.json\" = \"{\\\"a\\\":\\\"\\\\\\\\\\\"}\"\n", "{\"a\":\"\\\\\"}")]
    [InlineData("\"aa.toml\" = '''\n\"model.json\" = 'not this'\n'''\n\"model.json\" = 'this'\n", "this")]
    [InlineData("\"aa.toml\" = ''\n", null)]
    public void AFileIsFound(string data, string? expected)
    {
        Assert.True(InitDataText.TryFile(Head + data, "model.json", out string? content));
        Assert.Equal(expected, content);
    }

    [Theory]
    [InlineData("\"model.json\" = 'a'\n\"model.json\" = 'b'\n")]
    [InlineData("\"model.json\" = '''a\n")]
    [InlineData("\"model.json\" = 'a\n'\n")]
    [InlineData("\"model.json\" = \"\"\"a\"\"\"\n")]
    [InlineData("\"model.json\" = \"a\\u0041\"\n")]
    [InlineData("\"model.json\" = 'a' # comment\n")]
    [InlineData("\"model.json\" = 1\n")]
    [InlineData("model.json = 'a'\n")]
    [InlineData("[other]\n\"model.json\" = 'a'\n")]
    [InlineData("\"model.json\" = 'a'\n[other]\n")]
    public void WhatIsNotOfTheFormIsRefused(string data) => Assert.False(InitDataText.TryFile(Head + data, "model.json", out _));

    [Fact]
    public void AnInitDataWithoutATableButWithTheNameIsRefused() => Assert.False(InitDataText.TryFile("\"model.json\" = 'a'", "model.json", out _));

    [Fact]
    public void MegabytesOfOpenStringsTakeNoTime()
    {
        string text = Head + string.Concat(Enumerable.Repeat("\"model.json\" = '''\n", 200_000));
        long start = Stopwatch.GetTimestamp();
        Assert.False(InitDataText.TryFile(text, "model.json", out _));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
    }
}
