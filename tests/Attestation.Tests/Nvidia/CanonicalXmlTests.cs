using System.Text;
using ConfidentialOperator.Attestation.Nvidia.Rim;

namespace ConfidentialOperator.Attestation.Tests.Nvidia;

/// <summary>What is hashed: one way of writing for documents that say the same (Canonical XML 1.1, section 1.1).</summary>
public sealed class CanonicalXmlTests
{
    [Theory]
    [InlineData("<a/>", "<a></a>")]
    [InlineData("<a b='1'   a=\"2\"></a >", "<a a=\"2\" b=\"1\"></a>")]
    [InlineData("<?xml version='1.0'?>\n\n<!-- x --><a>1<!-- y -->2</a>\n", "<a>12</a>")]
    [InlineData("<a><![CDATA[<&>]]></a>", "<a>&lt;&amp;&gt;</a>")]
    [InlineData("<a>&#13;&#10;&quot;&gt;</a>", "<a>&#xD;\n\"&gt;</a>")]
    [InlineData("<a b='&#9;&#10;&#13;&lt;&gt;&amp;&#34;&apos;'/>", "<a b=\"&#x9;&#xA;&#xD;&lt;>&amp;&quot;'\"></a>")]
    [InlineData("<a b='1\t2\n3'/>", "<a b=\"1 2 3\"></a>")]
    [InlineData("<a>1\r\n2\r3</a>", "<a>1\n2\n3</a>")]
    [InlineData("<a> \n <b/> \n </a>", "<a> \n <b></b> \n </a>")]
    [InlineData("<p:a xmlns:q='2' xmlns:p='1' xmlns='0'/>", "<p:a xmlns=\"0\" xmlns:p=\"1\" xmlns:q=\"2\"></p:a>")]
    [InlineData("<a xmlns='1' xmlns:p='2'><b xmlns='1' xmlns:p='2'/><c xmlns='3'><d xmlns='1'/></c></a>",
        "<a xmlns=\"1\" xmlns:p=\"2\"><b></b><c xmlns=\"3\"><d xmlns=\"1\"></d></c></a>")]
    [InlineData("<a xmlns='1'><b xmlns=''><c xmlns=''/></b></a>", "<a xmlns=\"1\"><b xmlns=\"\"><c></c></b></a>")]
    [InlineData("<a xmlns:z='1' xmlns:y='2' z:b='1' y:a='2' c='3'/>", "<a xmlns:y=\"2\" xmlns:z=\"1\" c=\"3\" z:b=\"1\" y:a=\"2\"></a>")]
    [InlineData("<a xmlns:p='1' xmlns:q='1' q:b='1' p:a='2'/>", "<a xmlns:p=\"1\" xmlns:q=\"1\" p:a=\"2\" q:b=\"1\"></a>")]
    [InlineData("<a>\u00e9\U0001f600</a>", "<a>\u00e9\U0001f600</a>")]
    public void OneWayOfWriting(string given, string expected)
    {
        Assert.True(SignedXmlDocument.TryRead(Encoding.UTF8.GetBytes(given), out SignedXmlDocument? document, out string fault), fault);
        Assert.Equal(expected, Encoding.UTF8.GetString(document.Content));
    }

    [Theory]
    [InlineData("<!DOCTYPE a><a/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>")]
    [InlineData("<a>&b;</a>")]
    [InlineData("<a><?b c?></a>")]
    [InlineData("<a xml:space='preserve'/>")]
    [InlineData("<a/><b/>")]
    [InlineData("<a b='1' b='2'/>")]
    [InlineData("<a>\u0001</a>")]
    [InlineData("<a>")]
    [InlineData("")]
    public void WhatIsNotLetIn(string given) => Assert.False(SignedXmlDocument.TryRead(Encoding.UTF8.GetBytes(given), out _, out string fault) || fault.Length == 0);

    [Fact]
    public void BytesThatAreNoUtf8OrTooManyAreNotLetIn()
    {
        Assert.False(SignedXmlDocument.TryRead([(byte)'<', (byte)'a', 0xFF, (byte)'/', (byte)'>'], out _, out _));
        Assert.False(SignedXmlDocument.TryRead(Encoding.Unicode.GetBytes("<a/>"), out _, out _));
        Assert.False(SignedXmlDocument.TryRead(new byte[SignedXmlDocument.Longest + 1], out _, out _));
        string deep = string.Concat(Enumerable.Repeat("<a>", 40)) + string.Concat(Enumerable.Repeat("</a>", 40));
        Assert.False(SignedXmlDocument.TryRead(Encoding.UTF8.GetBytes(deep), out _, out _));
        string wide = $"<a>{string.Concat(Enumerable.Repeat("<b/>", 20000))}</a>";
        Assert.False(SignedXmlDocument.TryRead(Encoding.UTF8.GetBytes(wide), out _, out _));
    }
}
